"use client";

import { CircleCheck, TriangleAlert } from "lucide-react";
import type { JobJson, JobRunJson, StorageViewJson } from "@/lib/operations/storage-schema";
import { Cell, FROM_SMALL, HeaderCell, Row, Table } from "../ui/table";
import { RelativeTime, Unknown } from "../ui/time";
import { everyWords, jobWords, resultWords, untilWords } from "./job-words";
import { Panel } from "./panel";

interface JobsPanelProps extends Pick<StorageViewJson, "jobs" | "queue"> {
  /** When the server looked. */
  readonly nowMs: number;
}

/** Each background job: how often, how it went lately, when it is due next. */
export function JobsPanel({ jobs, queue, nowMs }: JobsPanelProps) {
  return (
    <Panel title="Jobs" note={<Depth depth={queue.depth} />}>
      <Table label="Jobs">
        <thead>
          <tr>
            <HeaderCell>Job</HeaderCell>
            <HeaderCell>Last runs</HeaderCell>
            <HeaderCell className={`w-24 text-end! ${FROM_SMALL}`}>Next run</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <Row key={job.name} className="align-top">
              <Cell className="py-2 align-top">
                <p className="font-medium">{jobWords(job.name)}</p>
                <p className="text-sm text-ink-muted">{everyWords(job.every_seconds)}</p>
                <p className="text-sm text-ink-muted sm:hidden">
                  next <NextRun at={job.next_run_at} nowMs={nowMs} />
                </p>
              </Cell>
              <Cell className="py-2 align-top">
                <Runs job={job} />
              </Cell>
              <Cell className={`py-2 text-end align-top text-ink-muted ${FROM_SMALL}`}>
                <NextRun at={job.next_run_at} nowMs={nowMs} />
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}

function Depth({ depth }: { readonly depth: StorageViewJson["queue"]["depth"] }) {
  if (depth === null) return <>The queue does not answer.</>;
  return <>{`${depth.waiting} waiting, ${depth.active} running, ${depth.failed} failed`}</>;
}

function NextRun({ at, nowMs }: { readonly at: string | null; readonly nowMs: number }) {
  if (at === null) return <Unknown />;
  return <time dateTime={at}>{untilWords(Date.parse(at), nowMs)}</time>;
}

function Runs({ job }: { readonly job: JobJson }) {
  if (job.runs.length === 0) return <p className="text-ink-muted">It has not run yet.</p>;
  return (
    <ol className="flex flex-col gap-1">
      {job.runs.map((run, index) => (
        <li key={`${run.started_at} ${index}`} className="flex gap-2">
          <Outcome run={run} />
          <span className="min-w-0 break-words">
            <RelativeTime at={run.started_at} />{" "}
            <span className="text-ink-muted">{runWords(run)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Outcome({ run }: { readonly run: JobRunJson }) {
  const good = run.error === null;
  const Icon = good ? CircleCheck : TriangleAlert;
  return (
    <>
      <Icon
        aria-hidden
        className={`mt-0.5 size-4 shrink-0 ${good ? "text-ready" : "text-failed"}`}
      />
      <span className="sr-only">{good ? "Done" : "Failed"}</span>
    </>
  );
}

function runWords({ duration_ms, error, result }: JobRunJson): string {
  const took = `took ${(duration_ms / 1000).toFixed(1)} s`;
  const what = error ?? resultWords(result);
  return what === "" ? took : `${took}: ${what}`;
}
