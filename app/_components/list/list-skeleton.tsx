import type { ReactNode } from "react";
import { PageFrame } from "../shell/page-frame";
import { SkeletonRows } from "../ui/skeleton";
import { FROM_MEDIUM, FROM_SMALL, HeaderCell, Table, TablePanel } from "../ui/table";

const ROWS = 10;

interface ListSkeletonProps {
  readonly title: string;
  readonly tabs?: ReactNode;
  /** What stands above the list and beside its title: for the eyes only, and not to be used yet. */
  readonly filters?: ReactNode;
  readonly actions?: ReactNode;
  readonly headers: readonly string[];
}

/** A list's shape while its rows are on their way. */
export function ListSkeleton({ title, tabs, filters, actions, headers }: ListSkeletonProps) {
  const columns = headers.map((header, index) => ({
    header,
    width: index === 0 ? "60%" : "70%",
    className: index === 0 ? "" : index < 3 ? `w-28 ${FROM_SMALL}` : `w-28 ${FROM_MEDIUM}`,
  }));
  return (
    <PageFrame
      title={title}
      tabs={tabs}
      actions={
        actions && (
          <div inert aria-hidden className="flex gap-2 opacity-55">
            {actions}
          </div>
        )
      }
    >
      <p role="status" className="sr-only">
        {`${title} are on their way.`}
      </p>
      {filters !== undefined && (
        <div inert aria-hidden className="opacity-55">
          {filters}
        </div>
      )}
      <TablePanel>
        <Table label={title} busy>
          <thead>
            <tr>
              {columns.map(({ header, className }) => (
                <HeaderCell key={header} className={className}>
                  {header}
                </HeaderCell>
              ))}
            </tr>
          </thead>
          <tbody>
            <SkeletonRows rows={ROWS} columns={columns} />
          </tbody>
        </Table>
      </TablePanel>
    </PageFrame>
  );
}
