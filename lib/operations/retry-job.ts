import { type Client, recordAuditEventOrLog } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Services } from "@/lib/composition/services";

/**
 * Somebody has a failed job done again. The queue is no part of the database, so the audit trail follows it.
 * @throws AppError `not_found`, `conflict`, `unavailable`
 */
export async function retryJob(
  deps: Pick<Services, "db" | "log" | "queue">,
  by: { readonly actor: Actor; readonly client: Client },
  jobId: string,
): Promise<void> {
  const name = await deps.queue.retry(jobId);
  const target = { type: "job", id: name } as const;
  await recordAuditEventOrLog(deps, {
    ...by,
    action: "job.retry",
    target,
    detail: { job_id: jobId },
  });
}
