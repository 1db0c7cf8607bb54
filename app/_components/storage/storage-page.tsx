"use client";

import { type ReactNode, useState } from "react";
import { type StorageViewJson, storageViewSchema } from "@/lib/operations/storage-schema";
import { problemSentence, readApi } from "../api-client";
import { ListProblem } from "../list/more-rows";
import { usePolling } from "../list/use-polling";
import { PageFrame } from "../shell/page-frame";
import { FailuresPanel } from "./failures-panel";
import { GrowthChart } from "./growth-chart";
import { HealthPanel } from "./health-panel";
import { JobsPanel } from "./jobs-panel";
import { Panel } from "./panel";
import { UsedPanel } from "./used-panel";

interface StoragePageProps {
  readonly tabs: ReactNode;
  readonly first: StorageViewJson;
  readonly mayRetry: boolean;
}

const POLL_EVERY_MS = 5_000;

/** How storage and background jobs are, kept up to date. */
export function StoragePage({ tabs, first, mayRetry }: StoragePageProps) {
  const [view, setView] = useState(first);
  const [problem, setProblem] = useState<string | null>(null);
  const refresh = usePolling(async (signal) => {
    try {
      setView(await readApi("/api/admin/storage", storageViewSchema, { signal }));
      setProblem(null);
    } catch (error) {
      if (!signal.aborted) setProblem(problemSentence(error));
    }
  }, POLL_EVERY_MS);
  return (
    <PageFrame title="Storage & jobs" tabs={tabs}>
      <ListProblem problem={problem} />
      <div className="grid gap-4 pb-6 lg:grid-cols-2">
        <UsedPanel used={view.used} space={view.space} />
        <Panel title="Growth" note="What each of the last 30 days added and is still there">
          {view.used.recordings === 0 ? (
            <p className="text-ink-muted">
              Nothing is recorded yet. What each day adds is drawn here.
            </p>
          ) : (
            <GrowthChart growth={view.growth} />
          )}
        </Panel>
        <HealthPanel health={view.health} queue={view.queue} />
        <FailuresPanel failures={view.failures} mayRetry={mayRetry} onRetried={refresh} />
        <div className="min-w-0 lg:col-span-2">
          <JobsPanel jobs={view.jobs} queue={view.queue} nowMs={Date.parse(view.at)} />
        </div>
      </div>
    </PageFrame>
  );
}
