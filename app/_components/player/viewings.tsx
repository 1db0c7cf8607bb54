"use client";

import Link from "next/link";
import { useEffect, useState } from "react";
import { problemSentence, readPage } from "@/app/_components/api-client";
import { Skeleton } from "@/app/_components/ui/skeleton";
import { RelativeTime } from "@/app/_components/ui/time";
import { type ListedAuditEventJson, listedAuditEventSchema } from "@/lib/audit/audit-event-schema";

const SHOWN = 6;
const ABOUT = { target_type: "recording", action: "recording.view,recording.download" } as const;

type Loaded =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly sentence: string }
  | {
      readonly kind: "ready";
      readonly events: readonly ListedAuditEventJson[];
      readonly hasMore: boolean;
    };

/** Who watched or downloaded a recording, out of the audit trail; for those who may read it. */
export function Viewings({ recordingId }: { readonly recordingId: string }) {
  const [loaded, setLoaded] = useState<Loaded>({ kind: "loading" });
  const query = new URLSearchParams({ ...ABOUT, target_id: recordingId }).toString();
  useEffect(() => {
    const leaving = new AbortController();
    const path = `/api/admin/audit?${query}&limit=${SHOWN}`;
    readPage(path, listedAuditEventSchema, { signal: leaving.signal }).then(
      ({ items, next }) => setLoaded({ kind: "ready", events: items, hasMore: next !== null }),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        setLoaded({ kind: "failed", sentence: problemSentence(error) });
      },
    );
    return () => leaving.abort();
  }, [query]);
  return (
    <section aria-labelledby="viewings" className="flex flex-col gap-1.5">
      <h2 id="viewings" className="font-semibold">
        Who watched
      </h2>
      {loaded.kind === "loading" && <Skeleton width="100%" />}
      {loaded.kind === "failed" && (
        <p role="alert" className="text-failed">
          {loaded.sentence}
        </p>
      )}
      {loaded.kind === "ready" && <Events {...loaded} />}
      {loaded.kind === "ready" && loaded.hasMore && (
        <Link href={`/admin/audit?${query}`} className="text-accent underline underline-offset-2">
          All of it in the audit trail
        </Link>
      )}
    </section>
  );
}

function Events({ events }: { readonly events: readonly ListedAuditEventJson[] }) {
  if (events.length === 0) return <p className="text-ink-muted">Nobody before you.</p>;
  return (
    <ul className="flex flex-col gap-1">
      {events.map((event) => (
        <li key={event.id} className="flex flex-wrap gap-x-2">
          <span className="min-w-0 flex-1 break-words">
            {event.actor_name} {event.action === "recording.view" ? "watched" : "downloaded"} it
          </span>
          <span className="text-ink-muted">
            <RelativeTime at={event.created_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
