"use client";

import { createColumnHelper } from "@tanstack/react-table";
import { Download, Ellipsis, Trash2 } from "lucide-react";
import Link from "next/link";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import type { ListFeatures } from "../list/list-features";
import { Badge } from "../ui/badge";
import { IconButton } from "../ui/button";
import { ByteSize } from "../ui/byte-size";
import { classes } from "../ui/classes";
import { CopyId } from "../ui/copy-id";
import { Menu, MenuItem, MenuLink } from "../ui/menu";
import { StatusBadge } from "../ui/status-badge";
import { FROM_LARGE, FROM_MEDIUM, FROM_SMALL, rowLinkClasses } from "../ui/table";
import { Duration, RelativeTime } from "../ui/time";
import { Poster } from "./poster";
import { recordingFlags, recordingMeaning, recordingName } from "./recording-meaning";

const column = createColumnHelper<ListFeatures, RecordingJson>();
const FROM_EXTRA_LARGE = "max-xl:hidden";
const FROM_HUGE = "max-2xl:hidden";

interface RecordingColumnsOptions {
  /** Everybody's recordings: whose, and by which ids. */
  readonly everybody: boolean;
  readonly onDelete: (recording: RecordingJson) => void;
}

/** The columns of a list of recordings. */
export function recordingColumns({ everybody, onDelete }: RecordingColumnsOptions) {
  return column.columns([
    column.display({
      id: "poster",
      header: () => <span className="sr-only">Picture</span>,
      cell: ({ row }) => <Poster recording={row.original} />,
      meta: { className: `w-14 pe-1! ${FROM_SMALL}` },
    }),
    column.display({
      id: "name",
      header: "Name",
      cell: ({ row }) => <NameCell recording={row.original} />,
    }),
    ...(everybody ? everybodyColumns : []),
    column.display({
      id: "status",
      header: "State",
      cell: ({ row }) => <StatusBadge status={row.original.status} />,
      meta: { className: `w-27 ${FROM_SMALL}` },
    }),
    column.accessor("app_name", {
      header: "App",
      meta: {
        className: `w-28 truncate text-ink-muted ${everybody ? FROM_HUGE : FROM_LARGE}`,
      },
    }),
    ...measureColumns,
    column.display({
      id: "actions",
      header: () => <span className="sr-only">Actions</span>,
      cell: ({ row }) => <RowActions recording={row.original} onDelete={onDelete} />,
      meta: { className: "w-12 pointer-coarse:w-14 text-end!" },
    }),
  ]);
}

const everybodyColumns = column.columns([
  column.accessor("username", {
    header: "User",
    meta: { className: `w-26 truncate ${FROM_MEDIUM}` },
  }),
  column.accessor("id", {
    header: "Recording",
    cell: ({ getValue }) => <LiftedId id={getValue()} of="recording" />,
    meta: { className: `w-23 ${FROM_EXTRA_LARGE}` },
  }),
  column.accessor("session_id", {
    header: "Session",
    cell: ({ getValue }) => <LiftedId id={getValue()} of="session" />,
    meta: { className: `w-23 ${FROM_EXTRA_LARGE}` },
  }),
]);

const measureColumns = column.columns([
  column.accessor("duration_seconds", {
    header: "Duration",
    cell: ({ getValue }) => <Duration ms={toMs(getValue())} />,
    meta: { className: `w-20 text-end! ${FROM_SMALL}` },
  }),
  column.accessor("size_bytes", {
    header: "Size",
    cell: ({ row }) => <ByteSize bytes={sizeOf(row.original)} />,
    meta: { className: `w-24 text-end! text-ink-muted ${FROM_MEDIUM}` },
  }),
  column.accessor("created_at", {
    header: "Started",
    cell: ({ getValue }) => (
      <span className="relative z-1">
        <RelativeTime at={getValue()} />
      </span>
    ),
    meta: { className: `w-26 text-end! text-ink-muted ${FROM_SMALL}` },
  }),
]);

function NameCell({ recording }: { readonly recording: RecordingJson }) {
  const meaning = recordingMeaning(recording);
  return (
    <div className={classes("min-w-0 max-sm:py-1.5", meaning !== null && "py-1")}>
      <div className="flex min-w-0 items-center gap-2">
        <Link
          href={`/recordings/${recording.id}`}
          data-row-link
          dir="auto"
          className={`${rowLinkClasses} min-w-0 truncate`}
        >
          {recordingName(recording)}
        </Link>
        {recordingFlags(recording).map((flag) => (
          <span key={flag.word} title={flag.sentence} className="relative z-1 max-sm:hidden">
            <Badge>{flag.word}</Badge>
          </span>
        ))}
      </div>
      {meaning !== null && <p className="text-sm text-pretty text-ink-muted">{meaning}</p>}
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-ink-muted sm:hidden">
        <StatusBadge status={recording.status} />
        {recording.duration_seconds !== null && <Duration ms={toMs(recording.duration_seconds)} />}
        <RelativeTime at={recording.created_at} />
      </p>
    </div>
  );
}

interface RowActionsProps {
  readonly recording: RecordingJson;
  readonly onDelete: (recording: RecordingJson) => void;
}

function RowActions({ recording, onDelete }: RowActionsProps) {
  const name = recordingName(recording);
  return (
    <span className="relative z-1">
      <Menu trigger={<IconButton icon={Ellipsis} shape="row" label={`Actions for ${name}`} />}>
        {recording.status === "ready" && (
          <MenuLink
            icon={Download}
            href={`/api/recordings/${recording.id}/download?download=1`}
            download
          >
            Download
          </MenuLink>
        )}
        <MenuItem icon={Trash2} onClick={() => onDelete(recording)}>
          Delete…
        </MenuItem>
      </Menu>
    </span>
  );
}

function LiftedId(props: { readonly id: string; readonly of: string }) {
  return (
    <span className="relative z-1">
      <CopyId {...props} />
    </span>
  );
}

function toMs(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}

/** Until it is sealed, what is safe on the server is its size. */
function sizeOf(recording: RecordingJson): number {
  return Math.max(recording.size_bytes, recording.upload_offset);
}
