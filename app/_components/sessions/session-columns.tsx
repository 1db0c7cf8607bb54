"use client";

import { createColumnHelper } from "@tanstack/react-table";
import { Ellipsis, Lock, Power } from "lucide-react";
import { type Actor, mayWith } from "@/lib/auth/permissions";
import { maySession } from "@/lib/sessions/session-policy";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { ownedOf } from "../actor";
import type { ListFeatures } from "../list/list-features";
import { Badge } from "../ui/badge";
import { Button, ButtonLink, IconButton } from "../ui/button";
import { classes } from "../ui/classes";
import { CopyId } from "../ui/copy-id";
import { Menu, MenuItem } from "../ui/menu";
import { StatusBadge } from "../ui/status-badge";
import { FROM_MEDIUM, FROM_SMALL, rowLinkClasses } from "../ui/table";
import { Duration, RelativeTime } from "../ui/time";

const column = createColumnHelper<ListFeatures, SessionJson>();

/** Whether a session can still be opened. */
export function isOpen(session: SessionJson): boolean {
  return session.status === "creating" || session.status === "running";
}

interface ColumnOptions {
  /** Who looks: rows offer what this person may do with them. */
  readonly actor: Actor;
  /** Sessions of others too: whose is named. */
  readonly everybody: boolean;
  readonly onEnd: (session: SessionJson) => void;
  /** Null where there is nothing to hold: no recordings. */
  readonly onHolds: ((session: SessionJson) => void) | null;
}

/** The columns of a list of sessions. */
export function sessionColumns({ actor, everybody, onEnd, onHolds }: ColumnOptions) {
  return column.columns([
    column.accessor("app_name", {
      header: "App",
      cell: ({ row }) => (
        <AppCell
          session={row.original}
          everybody={everybody}
          mayOpen={mayOpen(actor, row.original)}
        />
      ),
    }),
    ...(everybody
      ? [
          column.accessor("username", {
            header: "User",
            meta: { className: `w-40 truncate ${FROM_SMALL}` },
          }),
        ]
      : []),
    column.accessor("status", {
      header: "State",
      cell: ({ getValue }) => <StatusBadge status={getValue()} />,
      meta: { className: `w-28 ${FROM_SMALL}` },
    }),
    column.accessor("id", {
      header: "Session",
      cell: ({ getValue }) => (
        <span className="relative z-1">
          <CopyId id={getValue()} of="session" />
        </span>
      ),
      meta: { className: `w-28 ${FROM_MEDIUM}` },
    }),
    column.display({
      id: "duration",
      header: "Duration",
      cell: ({ row }) => <Duration ms={durationMs(row.original)} />,
      meta: { className: `w-24 text-end! ${FROM_SMALL}` },
    }),
    column.accessor("created_at", {
      header: "Started",
      cell: ({ getValue }) => (
        <span className="relative z-1">
          <RelativeTime at={getValue()} />
        </span>
      ),
      meta: { className: `w-28 text-end! text-ink-muted ${FROM_SMALL}` },
    }),
    column.display({
      id: "actions",
      header: () => <span className="sr-only">Actions</span>,
      cell: ({ row }) => (
        <SessionActions
          session={row.original}
          everybody={everybody}
          mayOpen={mayOpen(actor, row.original)}
          onEnd={maySession(actor, "end", ownedOf(row.original)) ? onEnd : null}
          onHolds={mayWith(actor, "recording.hold", ownedOf(row.original)) ? onHolds : null}
        />
      ),
      meta: { className: "w-44 max-sm:w-24" },
    }),
  ]);
}

/** Nobody sits down at another person's. */
function mayOpen(actor: Actor, session: SessionJson): boolean {
  return isOpen(session) && maySession(actor, "use", ownedOf(session));
}

interface AppCellProps {
  readonly session: SessionJson;
  readonly everybody: boolean;
  readonly mayOpen: boolean;
}

function AppCell({ session, everybody, mayOpen }: AppCellProps) {
  return (
    <div className={classes("min-w-0 max-sm:py-1.5", session.close_message !== null && "py-1")}>
      {mayOpen ? (
        <a
          href={`/sessions/${session.id}`}
          target="_blank"
          rel="noopener"
          data-row-link
          className={rowLinkClasses}
        >
          {session.app_name}
          <span className="sr-only"> (opens in a new tab)</span>
        </a>
      ) : (
        <span data-row-link tabIndex={-1} className="font-medium">
          {session.app_name}
        </span>
      )}
      {session.held && (
        <span className="ms-2">
          <Badge>On hold</Badge>
        </span>
      )}
      {session.close_message !== null && (
        <p className="text-sm text-pretty text-ink-muted">{session.close_message}</p>
      )}
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-sm text-ink-muted sm:hidden">
        <StatusBadge status={session.status} />
        {everybody && <span>{session.username}</span>}
        {session.ended_at !== null && <Duration ms={durationMs(session)} />}
        <RelativeTime at={session.created_at} />
      </p>
    </div>
  );
}

interface SessionActionsProps {
  readonly session: SessionJson;
  readonly everybody: boolean;
  readonly mayOpen: boolean;
  /** Null for who may not end it. */
  readonly onEnd: ((session: SessionJson) => void) | null;
  /** Null for who may not hold it. */
  readonly onHolds: ((session: SessionJson) => void) | null;
}

function SessionActions(props: SessionActionsProps) {
  const { session, everybody, mayOpen, onEnd, onHolds } = props;
  const name = `${session.app_name}${everybody ? ` of ${session.username}` : ""}`;
  return (
    <span className="relative z-1 flex justify-end gap-1.5">
      {mayOpen && (
        <span className={FROM_SMALL}>
          <ButtonLink
            shape="rowText"
            href={`/sessions/${session.id}`}
            target="_blank"
            rel="noopener"
            aria-label={`Open ${session.app_name}`}
          >
            Open
          </ButtonLink>
        </span>
      )}
      {isOpen(session) && onEnd !== null && (
        <Button
          shape="rowText"
          look="quiet"
          icon={Power}
          onClick={() => onEnd(session)}
          aria-label={`End ${name}`}
        >
          <span className="max-sm:sr-only">End</span>
        </Button>
      )}
      {onHolds !== null && (
        <Menu trigger={<IconButton icon={Ellipsis} shape="row" label={`Actions for ${name}`} />}>
          <MenuItem icon={Lock} onClick={() => onHolds(session)}>
            Legal hold…
          </MenuItem>
        </Menu>
      )}
    </span>
  );
}

/** How long it lasted; unknown while it has not both begun and ended. */
function durationMs({ started_at, ended_at }: SessionJson): number | null {
  if (started_at === null || ended_at === null) return null;
  return Date.parse(ended_at) - Date.parse(started_at);
}
