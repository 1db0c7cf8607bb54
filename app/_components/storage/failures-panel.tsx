"use client";

import { RotateCcw } from "lucide-react";
import { useState } from "react";
import type { FailedJobJson } from "@/lib/operations/storage-schema";
import { callApi, problemSentence } from "../api-client";
import { Button } from "../ui/button";
import { RelativeTime } from "../ui/time";
import { useToasts } from "../ui/toast";
import { jobWords } from "./job-words";
import { Panel } from "./panel";

interface FailuresPanelProps {
  readonly failures: readonly FailedJobJson[];
  readonly mayRetry: boolean;
  readonly onRetried: () => void;
}

/** Jobs that failed, why, and the way to have them run again. */
export function FailuresPanel({ failures, mayRetry, onRetried }: FailuresPanelProps) {
  return (
    <Panel title="Failures">
      {failures.length === 0 ? (
        <p className="text-ink-muted">No failed job waits for anybody.</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {failures.map((failure) => (
            <Failure key={failure.id} failure={failure} mayRetry={mayRetry} onRetried={onRetried} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

interface FailureProps extends Omit<FailuresPanelProps, "failures"> {
  readonly failure: FailedJobJson;
}

function Failure({ failure, mayRetry, onRetried }: FailureProps) {
  const toasts = useToasts();
  const [busy, setBusy] = useState(false);
  const words = jobWords(failure.job);
  const retry = async () => {
    setBusy(true);
    try {
      await callApi(`/api/admin/jobs/${encodeURIComponent(failure.id)}/retry`, { method: "POST" });
      toasts.say(`“${words}” runs again in a moment.`);
    } catch (error) {
      toasts.fail(problemSentence(error));
    } finally {
      setBusy(false);
      onRetried();
    }
  };
  return (
    <li className="flex items-start gap-3 py-2">
      <div className="min-w-0 flex-1">
        <p>
          <span className="font-medium">{words}</span>{" "}
          <span className="text-ink-muted">
            <RelativeTime at={failure.failed_at} />
          </span>
        </p>
        <p className="font-mono text-sm break-words text-ink-muted">{failure.error}</p>
      </div>
      {mayRetry && (
        <Button
          icon={RotateCcw}
          busy={busy}
          aria-label={`Retry “${words}”`}
          onClick={() => void retry()}
        >
          Retry
        </Button>
      )}
    </li>
  );
}
