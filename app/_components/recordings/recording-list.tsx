"use client";

import type { RowSelectionState } from "@tanstack/react-table";
import { Download, Film, SearchX, Trash2 } from "lucide-react";
import { useMemo, useState } from "react";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { DataList } from "../list/data-list";
import { ListProblem, MoreRows } from "../list/more-rows";
import type { ListOrder } from "../list/sortable-header";
import type { LivePages } from "../list/use-live-pages";
import { Button, ButtonLink } from "../ui/button";
import { countOf } from "../ui/format";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import { DeleteRecordings } from "./delete-recordings";
import { RemovalBar, SavingBar } from "./progress-bar";
import { recordingColumns } from "./recording-columns";
import { isLive, recordingName } from "./recording-meaning";
import { RemoveRecordings } from "./remove-recordings";
import { useRemoval } from "./use-removal";
import { useSaving } from "./use-saving";

interface RecordingListProps {
  readonly pages: LivePages<RecordingJson>;
  readonly everybody: boolean;
  readonly order: ListOrder;
  readonly hiddenColumns: readonly string[];
  /** Where a recording's link leads. */
  readonly hrefOf: (recording: RecordingJson) => string;
  /** Some filter is on, so an empty list does not mean that there are none. */
  readonly filtered: boolean;
  readonly onClearFilters: () => void;
}

/** The rows of a list of recordings, kept up to date, with what can be done to them. */
export function RecordingList(props: RecordingListProps) {
  const { pages, everybody, order, hiddenColumns, hrefOf, filtered, onClearFilters } = props;
  const [selected, setSelected] = useState<RowSelectionState>({});
  const [leaving, setLeaving] = useState<readonly RecordingJson[]>([]);
  const removal = useRemoval({ onHide: pages.remove, onShow: pages.restore });
  const saving = useSaving();
  const columns = useMemo(
    () =>
      recordingColumns({
        everybody,
        hidden: hiddenColumns,
        hrefOf,
        onDelete: (recording) => setLeaving([recording]),
      }),
    [everybody, hiddenColumns, hrefOf],
  );
  const chosen = pages.rows.filter((row) => selected[row.id]);
  const Dialog = everybody ? RemoveRecordings : DeleteRecordings;
  return (
    <>
      <ListProblem problem={pages.problem} />
      <RemovalBar {...removal} />
      <SavingBar {...saving} />
      {chosen.length > 0 && (
        <SelectionBar
          count={chosen.length}
          onSave={() => saving.begin(chosen)}
          onDelete={() => setLeaving(chosen)}
          onClear={() => setSelected({})}
        />
      )}
      <TablePanel>
        {pages.rows.length === 0 ? (
          <NoRecordings filtered={filtered} everybody={everybody} onClearFilters={onClearFilters} />
        ) : (
          <DataList
            label="Recordings"
            rows={pages.rows}
            columns={columns}
            selection={{ state: selected, onChange: setSelected }}
            order={order}
            nameOf={recordingName}
          />
        )}
        <MoreRows hasMore={pages.hasMore} loading={pages.loadingMore} onMore={pages.loadMore} />
      </TablePanel>
      <LiveCount count={pages.rows.filter(isLive).length} />
      <Dialog
        recordings={leaving}
        busy={removal.removal !== null}
        onClose={() => setLeaving([])}
        onRemove={(recordings) => {
          setSelected({});
          removal.begin(recordings);
        }}
        onDeleted={(id) => {
          pages.remove(id);
          setSelected((before) => without(before, id));
        }}
      />
    </>
  );
}

interface SelectionBarProps {
  readonly count: number;
  readonly onSave: () => void;
  readonly onDelete: () => void;
  readonly onClear: () => void;
}

function SelectionBar({ count, onSave, onDelete, onClear }: SelectionBarProps) {
  return (
    <div
      role="region"
      aria-label="Selection"
      className="sticky top-2 z-20 mb-2 flex flex-wrap items-center gap-2 rounded-md bg-raised py-1 ps-3 pe-1 shadow-popup"
    >
      <p role="status" className="me-auto font-medium">{`${count} selected`}</p>
      <Button look="quiet" onClick={onClear}>
        Clear
      </Button>
      <Button icon={Download} onClick={onSave}>
        Download
      </Button>
      <Button icon={Trash2} onClick={onDelete}>
        Delete…
      </Button>
    </div>
  );
}

type NoRecordingsProps = Pick<RecordingListProps, "filtered" | "everybody" | "onClearFilters">;

function NoRecordings({ filtered, everybody, onClearFilters }: NoRecordingsProps) {
  if (filtered) {
    return (
      <EmptyState
        icon={SearchX}
        title="No recording matches"
        action={<Button onClick={onClearFilters}>Clear search and filters</Button>}
      >
        Search looks for every word in file names, descriptions and user names.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={Film}
      title={everybody ? "Nobody has recorded anything yet" : "You have no recordings yet"}
      action={
        <ButtonLink href="/apps" look="solid">
          Open an app
        </ButtonLink>
      }
    >
      Open an app and press Record in its toolbar, or Ctrl+Shift+R. The recording appears here at
      once and can be watched as soon as it stops.
    </EmptyState>
  );
}

/** Tells people who listen when recordings are made and when they are done. */
function LiveCount({ count }: { readonly count: number }) {
  return (
    <p role="status" className="sr-only">
      {count === 0 ? "" : `${countOf(count, "recording is", "recordings are")} being made or sent.`}
    </p>
  );
}

function without(selected: RowSelectionState, id: string): RowSelectionState {
  return Object.fromEntries(Object.entries(selected).filter(([each]) => each !== id));
}
