"use client";

import {
  type ColumnDef,
  type RowSelectionState,
  type Updater,
  useTable,
} from "@tanstack/react-table";
import { useRef } from "react";
import { Checkbox } from "../ui/checkbox";
import { Cell, HeaderCell, Row, Table } from "../ui/table";
import { type ListFeatures, listFeatures } from "./list-features";
import { type ListOrder, SortableHeader } from "./sortable-header";
import { useListKeys } from "./use-list-keys";
import { useRowWindow } from "./use-row-window";

const NOTHING_SELECTED: RowSelectionState = {};

export interface Selection {
  readonly state: RowSelectionState;
  readonly onChange: (updater: Updater<RowSelectionState>) => void;
}

interface DataListProps<T extends { readonly id: string }> {
  readonly label: string;
  readonly rows: readonly T[];
  /** Keep it stable: a new array computes the whole table again. */
  readonly columns: readonly ColumnDef<ListFeatures, T>[];
  /** Leave it out where rows cannot be selected. */
  readonly selection?: Selection;
  /** Leave it out where the order cannot be changed. */
  readonly order?: ListOrder;
  /** How wide the table must at least be, in rem; null where columns leave instead. */
  readonly widthRem?: number | null;
  /** A row's name, for the box that selects it. */
  readonly nameOf: (row: T) => string;
}

/** The table of every list: j/k/x keys, selection, and only as many rows in the page as are seen. */
export function DataList<T extends { readonly id: string }>(props: DataListProps<T>) {
  const { label, rows, columns, selection, order, widthRem = null, nameOf } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const table = useTable({
    features: listFeatures,
    columns,
    data: rows,
    getRowId: (row) => row.id,
    enableRowSelection: selection !== undefined,
    state: { rowSelection: selection?.state ?? NOTHING_SELECTED },
    ...(selection === undefined ? {} : { onRowSelectionChange: selection.onChange }),
  });
  useListKeys({
    body,
    onSelect: (rowId) => table.getRow(rowId).toggleSelected(),
  });
  const tableRows = table.getRowModel().rows;
  const windowed = useRowWindow(body, tableRows.length);
  return (
    <Table label={label} rowCount={tableRows.length + 1} widthRem={widthRem}>
      <thead>
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {selection && (
              <HeaderCell className="w-10 px-0! ps-1! pointer-coarse:w-12">
                <Checkbox
                  label="Select all that are shown"
                  checked={table.getIsAllRowsSelected()}
                  mixed={table.getIsSomeRowsSelected()}
                  onClick={table.getToggleAllRowsSelectedHandler()}
                />
              </HeaderCell>
            )}
            {group.headers.map((header) => (
              <SortableHeader key={header.id} meta={header.column.columnDef.meta} order={order}>
                <table.FlexRender header={header} />
              </SortableHeader>
            ))}
          </tr>
        ))}
      </thead>
      <tbody ref={body}>
        <Spacer height={windowed.before} />
        {windowed.indexes.map((index) => {
          const row = tableRows[index];
          if (row === undefined) return null;
          return (
            <Row
              key={row.id}
              ref={windowed.measure}
              data-index={index}
              data-row-id={row.id}
              aria-rowindex={index + 2}
              selected={row.getIsSelected()}
            >
              {selection && (
                <Cell className="w-10 p-0! ps-1! pointer-coarse:w-12">
                  <Checkbox
                    label={`Select ${nameOf(row.original)}`}
                    checked={row.getIsSelected()}
                    onClick={row.getToggleSelectedHandler()}
                  />
                </Cell>
              )}
              {row.getAllCells().map((cell) => (
                <Cell key={cell.id} className={cell.column.columnDef.meta?.className}>
                  <table.FlexRender cell={cell} />
                </Cell>
              ))}
            </Row>
          );
        })}
        <Spacer height={windowed.after} />
      </tbody>
    </Table>
  );
}

/** Stands for the rows that are not in the page. */
function Spacer({ height }: { readonly height: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden>
      <td style={{ height }} className="p-0" />
    </tr>
  );
}
