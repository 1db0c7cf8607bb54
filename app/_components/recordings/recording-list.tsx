"use client";

import type { RowSelectionState } from "@tanstack/react-table";
import { Film, SearchX } from "lucide-react";
import { useMemo, useState } from "react";
import { may } from "@/lib/auth/permissions";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { useActor } from "../actor";
import { DataList } from "../list/data-list";
import { ListProblem, MoreRows } from "../list/more-rows";
import type { ListOrder } from "../list/sortable-header";
import type { LivePages } from "../list/use-live-pages";
import { Button, ButtonLink } from "../ui/button";
import { countOf } from "../ui/format";
import { EmptyState } from "../ui/states";
import { TablePanel } from "../ui/table";
import type { ColumnChoices } from "./choosable-columns";
import type { ChosenColumns } from "./column-choices";
import { HoldRecordings } from "./hold-recordings";
import { HoldingBar, RemovalBar, SavingBar } from "./progress-bar";
import { recordingColumns } from "./recording-columns";
import { isLive, recordingName } from "./recording-meaning";
import { RemoveRecordings } from "./remove-recordings";
import { type RowRights, rowRights } from "./row-rights";
import { SelectionBar } from "./selection-bar";
import { type HoldChange, useHolding } from "./use-holding";
import { useRemoval } from "./use-removal";
import { useSaving } from "./use-saving";

interface RecordingListProps {
  readonly pages: LivePages<RecordingJson>;
  readonly everybody: boolean;
  readonly order: ListOrder;
  /** What was chosen of the columns; null where there is no choice. */
  readonly columns: Pick<ChosenColumns, "choices" | "widthRem"> | null;
  /** Where a recording's link leads. */
  readonly hrefOf: (recording: RecordingJson) => string;
  /** Some filter is on, so an empty list does not mean that there are none. */
  readonly filtered: boolean;
  readonly onClearFilters: () => void;
}

const NOTHING_CHOSEN: ColumnChoices = {};

/** The rows of a list of recordings, kept up to date, with what can be done to them. */
export function RecordingList(props: RecordingListProps) {
  const { pages, everybody, order, hrefOf, filtered, onClearFilters } = props;
  const choices = props.columns?.choices ?? NOTHING_CHOSEN;
  const widthRem = props.columns?.widthRem ?? null;
  const actor = useActor();
  const [selected, setSelected] = useState<RowSelectionState>({});
  const [leaving, setLeaving] = useState<readonly RecordingJson[]>([]);
  const removal = useRemoval({ onHide: pages.remove, onShow: pages.restore, place: "list" });
  const saving = useSaving();
  const holding = useHolding(pages.refreshRow);
  const [changing, setChanging] = useState<HoldChange | null>(null);
  const columns = useMemo(
    () =>
      recordingColumns({
        actor,
        everybody,
        choices,
        hrefOf,
        onDelete: (recording) => setLeaving([recording]),
      }),
    [actor, everybody, choices, hrefOf],
  );
  const chosen = pages.rows.filter((row) => selected[row.id]);
  const rights = chosen.map((recording) => rowRights(actor, recording));
  const chosenWith = (right: keyof RowRights) =>
    chosen.filter((_, index) => rights[index]?.[right]);
  const selectable = may(actor, "recording.download") || may(actor, "recording.delete");
  return (
    <>
      <ListProblem problem={pages.problem} />
      <RemovalBar {...removal} />
      <SavingBar {...saving} />
      <HoldingBar {...holding} />
      {chosen.length > 0 && (
        <SelectionBar
          rights={rights}
          onSave={() => saving.begin(chosenWith("download"))}
          onDelete={() => setLeaving(chosen)}
          holdBusy={holding.progress !== null}
          onHold={(kind) =>
            setChanging({ kind, recordings: chosenWith(kind === "place" ? "hold" : "lift") })
          }
          onClear={() => setSelected({})}
        />
      )}
      <TablePanel scrolls={widthRem !== null}>
        {pages.rows.length === 0 ? (
          <NoRecordings filtered={filtered} everybody={everybody} onClearFilters={onClearFilters} />
        ) : (
          <DataList
            label="Recordings"
            rows={pages.rows}
            columns={columns}
            {...(selectable && { selection: { state: selected, onChange: setSelected } })}
            order={order}
            widthRem={widthRem}
            nameOf={recordingName}
          />
        )}
        <MoreRows next={pages.nextPage} />
      </TablePanel>
      <LiveCount count={pages.rows.filter(isLive).length} />
      <RemoveRecordings
        recordings={leaving}
        busy={removal.removal !== null}
        onClose={() => setLeaving([])}
        onRemove={(recordings) => {
          setSelected({});
          removal.begin(recordings);
        }}
      />
      <HoldRecordings
        change={changing}
        onClose={() => setChanging(null)}
        onConfirm={(change, reason) => {
          setSelected({});
          holding.begin(change, reason);
        }}
      />
    </>
  );
}

type NoRecordingsProps = Pick<RecordingListProps, "filtered" | "everybody" | "onClearFilters">;

function NoRecordings({ filtered, everybody, onClearFilters }: NoRecordingsProps) {
  const mayRecord = may(useActor(), "session.create");
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
        mayRecord && (
          <ButtonLink href="/apps" look="solid">
            Open an app
          </ButtonLink>
        )
      }
    >
      {mayRecord
        ? "Open an app and press Record in its toolbar, or Ctrl+Shift+R. The recording appears here at once and can be watched as soon as it stops."
        : "Recordings of yours appear here at once. Your role looks at what there is and opens no apps: ask an administrator for one that does."}
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
