"use client";

import { Play } from "lucide-react";
import { useState } from "react";
import { z } from "zod";
import { type RetentionRunJson, retentionRunSchema } from "@/lib/retention/retention-schema";
import { problemSentence, readApi } from "../../api-client";
import { usePolling } from "../../list/use-polling";
import { Button } from "../../ui/button";
import { RelativeTime } from "../../ui/time";
import { outcomeOf } from "./retention-words";

const POLL_MS = 1_000;
const PATH = "/api/admin/retention/runs";

const isUnderWay = ({ state }: RetentionRunJson) => state === "queued" || state === "running";

/** The last sweeps, the one under way with how far it is, and a button for one more. */
export function RetentionRuns({ initial }: { readonly initial: readonly RetentionRunJson[] }) {
  const [runs, setRuns] = useState(initial);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const present = runs.find(isUnderWay);
  usePolling(
    async (signal) => {
      try {
        setRuns(await readApi(`${PATH}?limit=10`, z.array(retentionRunSchema), { signal }));
        setProblem(null);
      } catch (error) {
        if (!signal.aborted) setProblem(problemSentence(error));
      }
    },
    present === undefined ? null : POLL_MS,
  );
  const runNow = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const run = await readApi(PATH, retentionRunSchema, { method: "POST" });
      setRuns((before) => [run, ...before.filter(({ id }) => id !== run.id)]);
    } catch (error) {
      setProblem(problemSentence(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <p className="me-auto">A worker deletes what is past its time every hour.</p>
        <Button icon={Play} busy={busy || present !== undefined} onClick={() => void runNow()}>
          Run now
        </Button>
      </div>
      <p role="alert" className="text-failed empty:hidden">
        {problem}
      </p>
      <p role="status" className="sr-only">
        {present === undefined ? "" : outcomeOf(present)}
      </p>
      {present?.state === "running" && (
        <progress
          aria-label="Sweep"
          value={present.deleted_count}
          max={Math.max(1, present.expected_count ?? 1)}
          className="h-1 w-full accent-accent"
        />
      )}
      {runs.length === 0 ? (
        <p className="text-ink-muted">No sweep has run yet.</p>
      ) : (
        <ul aria-label="Last sweeps" className="divide-y divide-line rounded-md border border-line">
          {runs.map((run) => (
            <li key={run.id} className="flex flex-wrap gap-x-3 px-3 py-1.5">
              <span className="min-w-0 flex-1">{outcomeOf(run)}</span>
              <span className="text-ink-muted">
                {run.requested_by === null ? "by schedule" : `asked for by ${run.requested_by}`},{" "}
                <RelativeTime at={run.started_at ?? run.created_at} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
