"use client";

import { createColumnHelper } from "@tanstack/react-table";
import { Power } from "lucide-react";
import type { Actor } from "@/lib/auth/permissions";
import { maySession } from "@/lib/sessions/session-policy";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { ownedOf } from "../actor";
import type { ListFeatures } from "../list/list-features";
import { Button, ButtonLink } from "../ui/button";
import { classes } from "../ui/classes";
import { CopyId } from "../ui/copy-id";
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
}

/** The columns of a list of sessions. */
export function sessionColumns({ actor, everybody, onEnd }: ColumnOptions) {
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
        />
      ),
      meta: { className: "w-36 max-sm:w-16" },
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
}

function SessionActions({ session, everybody, mayOpen, onEnd }: SessionActionsProps) {
  if (!isOpen(session)) return null;
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
      {onEnd !== null && (
        <Button
          shape="rowText"
          look="quiet"
          icon={Power}
          onClick={() => onEnd(session)}
          aria-label={`End ${session.app_name}${everybody ? ` of ${session.username}` : ""}`}
        >
          <span className="max-sm:sr-only">End</span>
        </Button>
      )}
    </span>
  );
}

/** How long it lasted; unknown while it has not both begun and ended. */
function durationMs({ started_at, ended_at }: SessionJson): number | null {
  if (started_at === null || ended_at === null) return null;
  return Date.parse(ended_at) - Date.parse(started_at);
}
