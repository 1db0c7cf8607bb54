"use client";

import { createColumnHelper } from "@tanstack/react-table";
import { Film, LockOpen, type LucideIcon, MonitorPlay, UserRound } from "lucide-react";
import Link from "next/link";
import type { HoldTarget, ListedHoldJson } from "@/lib/holds/hold-schema";
import type { ListFeatures } from "../list/list-features";
import { Button } from "../ui/button";
import { ByteSize } from "../ui/byte-size";
import { countOf, formatBytes } from "../ui/format";
import { FROM_LARGE, FROM_MEDIUM, FROM_SMALL, rowLinkClasses } from "../ui/table";
import { RelativeTime } from "../ui/time";

const column = createColumnHelper<ListFeatures, ListedHoldJson>();

const TARGETS: Readonly<Record<HoldTarget, { readonly word: string; readonly icon: LucideIcon }>> =
  {
    recording: { word: "Recording", icon: Film },
    session: { word: "Session", icon: MonitorPlay },
    user: { word: "User", icon: UserRound },
  };

/** What a hold is on, as people call it. */
export function holdName({ target_type, target_name, target_owner }: ListedHoldJson): string {
  return target_type === "user" ? target_name : `${target_name} of ${target_owner}`;
}

/** The columns of the list of legal holds. */
export function holdColumns(onLift: (hold: ListedHoldJson) => void) {
  return column.columns([
    column.display({
      id: "target",
      header: "On what",
      cell: ({ row }) => <TargetCell hold={row.original} />,
    }),
    column.accessor("reason", {
      header: "Reason",
      cell: ({ row }) => <ReasonCell hold={row.original} />,
      meta: { className: `w-2/5 ${FROM_MEDIUM}` },
    }),
    column.display({
      id: "recordings",
      header: "Under it",
      cell: ({ row }) => countOf(row.original.recording_count, "recording"),
      meta: { className: `w-28 text-end! ${FROM_SMALL}` },
    }),
    column.display({
      id: "bytes",
      header: "Size",
      cell: ({ row }) => <ByteSize bytes={row.original.recording_bytes} />,
      meta: { className: `w-24 text-end! text-ink-muted ${FROM_LARGE}` },
    }),
    column.display({
      id: "placed",
      header: "Placed",
      cell: ({ row: { original: hold } }) => (
        <span className="relative z-1">
          {hold.placed_by}, <RelativeTime at={hold.created_at} />
        </span>
      ),
      meta: { className: `w-40 text-end! text-ink-muted ${FROM_LARGE}` },
    }),
    column.display({
      id: "actions",
      header: () => <span className="sr-only">Actions</span>,
      cell: ({ row }) => <LiftCell hold={row.original} onLift={onLift} />,
      meta: { className: "w-20 pointer-coarse:w-24 text-end!" },
    }),
  ]);
}

function TargetCell({ hold }: { readonly hold: ListedHoldJson }) {
  const { word, icon: Icon } = TARGETS[hold.target_type];
  const href = hrefOf(hold);
  return (
    <div className="min-w-0 py-1">
      <p className="flex min-w-0 items-center gap-2">
        <Icon aria-hidden className="size-4 shrink-0 text-ink-subtle" />
        <span className="sr-only">{word}: </span>
        {href === null ? (
          <span data-row-link tabIndex={-1} className="truncate font-medium">
            {holdName(hold)}
          </span>
        ) : (
          <Link href={href} data-row-link className={`${rowLinkClasses} truncate`}>
            {holdName(hold)}
          </Link>
        )}
      </p>
      <div className="mt-0.5 text-sm text-ink-muted lg:hidden">
        <div className="md:hidden">
          <ReasonCell hold={hold} />
        </div>
        <p>
          <span className="sm:hidden">{countOf(hold.recording_count, "recording")}, </span>
          {formatBytes(hold.recording_bytes)}; placed by {hold.placed_by}{" "}
          <RelativeTime at={hold.created_at} />
        </p>
      </div>
    </div>
  );
}

/** Where what is held is seen; a session has no page for others than its user. */
function hrefOf({ target_type, target_id, target_name }: ListedHoldJson): string | null {
  switch (target_type) {
    case "recording":
      return `/recordings/${target_id}`;
    case "user":
      return `/admin/recordings?${new URLSearchParams({ user: target_name }).toString()}`;
    case "session":
      return null;
  }
}

function ReasonCell({ hold }: { readonly hold: ListedHoldJson }) {
  return (
    <div className="py-1 text-pretty break-words">
      <p>{hold.reason}</p>
      {hold.lifted_at !== null && (
        <p className="relative z-1 text-sm text-ink-muted">
          Lifted by {hold.lifted_by} <RelativeTime at={hold.lifted_at} />
          {hold.lift_reason !== null && `: ${hold.lift_reason}`}
        </p>
      )}
    </div>
  );
}

interface LiftCellProps {
  readonly hold: ListedHoldJson;
  readonly onLift: (hold: ListedHoldJson) => void;
}

function LiftCell({ hold, onLift }: LiftCellProps) {
  if (hold.lifted_at !== null) return <span className="text-ink-muted">Lifted</span>;
  return (
    <span className="relative z-1">
      <Button
        shape="rowText"
        look="quiet"
        icon={LockOpen}
        aria-label={`Lift the hold on ${holdName(hold)}`}
        onClick={() => onLift(hold)}
      >
        Lift…
      </Button>
    </span>
  );
}
