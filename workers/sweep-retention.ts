import type { Services } from "@/lib/composition/services";
import type { JobPayload } from "@/lib/queue/jobs";
import type { RetentionRun } from "@/lib/retention/retention-run";
import { sweepRetention as sweep } from "@/lib/retention/sweep-retention";

/** Deletes what is past its retention, for the schedule or for the administrator who asked. */
export async function sweepRetention(
  { db, store, log, config, metrics, stopping }: Services,
  { run_id: runId }: JobPayload<"sweep-retention">,
): Promise<RetentionRun | null> {
  const { retentionDays: defaultDays } = config.recording;
  const run = await sweep({ db, store, log, defaultDays }, { runId, signal: stopping });
  // Cut short: another worker is to go on with the run now, not in an hour.
  if (run === null) stopping.throwIfAborted();
  if (run !== null) {
    metrics.retentionDeleted.inc(run.deletedCount);
    metrics.retentionDeletedBytes.inc(run.deletedBytes);
    metrics.retentionFailed.inc(run.failedCount);
  }
  if (run !== null && run.failedCount > 0) {
    log.error(
      { run: run.id, failed: run.failedCount },
      `The sweep could not delete ${run.failedCount} recordings. ${run.problem ?? ""}`,
    );
  }
  return run;
}
