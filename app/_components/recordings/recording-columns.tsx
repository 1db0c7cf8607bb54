"use client";

import { createColumnHelper } from "@tanstack/react-table";
import { Download, Ellipsis, Trash2 } from "lucide-react";
import Link from "next/link";
import type { Actor } from "@/lib/auth/permissions";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import type { ListFeatures } from "../list/list-features";
import { Badge } from "../ui/badge";
import { IconButton } from "../ui/button";
import { ByteSize } from "../ui/byte-size";
import { classes } from "../ui/classes";
import { CopyId } from "../ui/copy-id";
import { Menu, MenuItem, MenuLink } from "../ui/menu";
import { StatusBadge } from "../ui/status-badge";
import { rowLinkClasses } from "../ui/table";
import { Duration, RelativeTime } from "../ui/time";
import { CHOOSABLE_COLUMNS, type ColumnChoices, HIDDEN_BELOW } from "./choosable-columns";
import { Poster } from "./poster";
import { recordingFlags, recordingMeaning, recordingName } from "./recording-meaning";
import { rowRights } from "./row-rights";

const column = createColumnHelper<ListFeatures, RecordingJson>();

interface RecordingColumnsOptions {
  /** Who looks: rows offer what this person may do with them. */
  readonly actor: Actor;
  /** Everybody's recordings: whose, and by which ids. */
  readonly everybody: boolean;
  /** What somebody chose of them; the others leave where the window is narrow. */
  readonly choices: ColumnChoices;
  /** Where a recording's link leads. */
  readonly hrefOf: (recording: RecordingJson) => string;
  readonly onDelete: (recording: RecordingJson) => void;
}

/** The columns of a list of recordings. */
export function recordingColumns(options: RecordingColumnsOptions) {
  const { choices } = options;
  return allColumns(options).flatMap((each) => {
    const choosable = CHOOSABLE_COLUMNS.find(({ id }) => id === each.id);
    if (choosable === undefined || choices[choosable.id] === true) return [each];
    if (choices[choosable.id] === false) return [];
    // One's own list has fewer columns, so there is room for the app earlier.
    const from = choosable.id === "app_name" && !options.everybody ? "lg" : choosable.from;
    if (from === null) return [];
    const className = classes(each.meta?.className, HIDDEN_BELOW[from]);
    return [{ ...each, meta: { ...each.meta, className } }];
  });
}

function allColumns({ actor, everybody, hrefOf, onDelete }: RecordingColumnsOptions) {
  return column.columns([
    column.display({
      id: "poster",
      header: () => <span className="sr-only">Picture</span>,
      cell: ({ row }) => <Poster recording={row.original} />,
      meta: { className: "w-14 pe-1!" },
    }),
    column.display({
      id: "name",
      header: "Name",
      cell: ({ row }) => <NameCell recording={row.original} href={hrefOf(row.original)} />,
    }),
    ...(everybody ? everybodyColumns : []),
    column.display({
      id: "status",
      header: "State",
      cell: ({ row }) => <StatusBadge status={row.original.status} />,
      meta: { className: "w-27" },
    }),
    column.accessor("app_name", {
      id: "app_name",
      header: "App",
      meta: { className: "w-28 truncate text-ink-muted" },
    }),
    column.accessor("cluster", {
      id: "cluster",
      header: "Cluster",
      cell: ({ getValue }) => <span title={getValue()}>{getValue()}</span>,
      meta: { className: "w-28 truncate text-ink-muted" },
    }),
    ...measureColumns,
    column.display({
      id: "actions",
      header: () => <span className="sr-only">Actions</span>,
      cell: ({ row }) => <RowActions recording={row.original} actor={actor} onDelete={onDelete} />,
      meta: { className: "w-12 pointer-coarse:w-14 text-end!" },
    }),
  ]);
}

const everybodyColumns = column.columns([
  column.accessor("username", {
    id: "username",
    header: "User",
    cell: ({ getValue }) => <UserLink username={getValue()} />,
    meta: {
      className: "w-26 truncate",
      sorts: { descending: "user_z_a", ascending: "user_a_z" },
    },
  }),
  column.accessor("id", {
    id: "id",
    header: "Recording",
    cell: ({ getValue }) => <LiftedId id={getValue()} of="recording" />,
    meta: { className: "w-23" },
  }),
  column.accessor("session_id", {
    id: "session_id",
    header: "Session",
    cell: ({ getValue }) => <LiftedId id={getValue()} of="session" />,
    meta: { className: "w-23" },
  }),
]);

const measureColumns = column.columns([
  column.accessor("duration_seconds", {
    id: "duration_seconds",
    header: "Duration",
    cell: ({ getValue }) => <Duration ms={toMs(getValue())} />,
    meta: {
      className: "w-22 text-end!",
      sorts: { descending: "longest", ascending: "shortest" },
    },
  }),
  column.accessor("size_bytes", {
    id: "size_bytes",
    header: "Size",
    cell: ({ row }) => <ByteSize bytes={sizeOf(row.original)} />,
    meta: {
      className: "w-24 text-end! text-ink-muted",
      sorts: { descending: "largest", ascending: "smallest" },
    },
  }),
  column.accessor("created_at", {
    id: "created_at",
    header: "Started",
    cell: ({ getValue }) => (
      <span className="relative z-1">
        <RelativeTime at={getValue()} />
      </span>
    ),
    meta: {
      className: "w-26 text-end! text-ink-muted",
      sorts: { descending: "newest", ascending: "oldest" },
    },
  }),
]);

interface NameCellProps {
  readonly recording: RecordingJson;
  readonly href: string;
}

function NameCell({ recording, href }: NameCellProps) {
  const meaning = recordingMeaning(recording);
  return (
    <div className={classes("min-w-0 max-sm:py-1.5", meaning !== null && "py-1")}>
      <div className="flex min-w-0 items-center gap-2">
        <Link
          href={href}
          scroll={!href.startsWith("?")}
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
  readonly actor: Actor;
  readonly onDelete: (recording: RecordingJson) => void;
}

function RowActions({ recording, actor, onDelete }: RowActionsProps) {
  const name = recordingName(recording);
  const may = rowRights(actor, recording);
  if (!may.download && !may.delete) return null;
  return (
    <span className="relative z-1">
      <Menu trigger={<IconButton icon={Ellipsis} shape="row" label={`Actions for ${name}`} />}>
        {may.download && (
          <MenuLink
            icon={Download}
            href={`/api/recordings/${recording.id}/download?download=1`}
            download
          >
            Download
          </MenuLink>
        )}
        {may.delete && (
          <MenuItem icon={Trash2} onClick={() => onDelete(recording)}>
            Delete…
          </MenuItem>
        )}
      </Menu>
    </span>
  );
}

/** Narrows the list down to one user. */
function UserLink({ username }: { readonly username: string }) {
  const params = new URLSearchParams({ user: username });
  return (
    <Link
      href={`/admin/recordings?${params.toString()}`}
      title={`Recordings of ${username}`}
      className="relative z-1 hover:underline"
    >
      {username}
    </Link>
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
