import { type AuditEvent, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Database } from "@/lib/db/database";
import type { Logger } from "@/lib/logging/logger";
import type { Metrics } from "@/lib/metrics/metrics";
import type { SessionProvider } from "@/lib/providers/session-provider";
import { stopSessionRecording } from "@/lib/recordings/stop-recording";
import type { CloseReason } from "./close-reason";
import { closedStatus } from "./session-policy";
import { markClosed, type Session } from "./session-repository";

export interface CloseDeps {
  readonly db: Database;
  readonly provider: SessionProvider;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, "sessionCloses">;
  readonly now: () => Date;
}

export type ClosedBy = Pick<AuditEvent, "actor" | "client">;

/**
 * Closes a session, whatever the reason: first the row, so that whoever sees its desktop go can read
 * why; then its live recording, which still takes what its sender has; then the desktop itself.
 * Harmless when it is closed already. `why` is a sentence of what happened, where the reason says too little. What cannot be stopped here, such as the desktop of another server, is stopped by
 * whoever looks after it, every few seconds.
 */
export async function closeSession(
  deps: CloseDeps,
  session: Pick<Session, "id" | "appId" | "provider" | "providerRef">,
  reason: CloseReason,
  by: ClosedBy,
  why: string | null = null,
): Promise<void> {
  const isClosed = await deps.db.$transaction(async (transaction) => {
    const closing = { status: closedStatus(reason), endedAt: deps.now() };
    const words = { closeReason: reason, closeDetail: why };
    if (!(await markClosed(transaction, session.id, { ...closing, ...words }))) return false;
    await recordAuditEvent(transaction, {
      ...by,
      action: "session.end",
      target: { type: "session", id: session.id },
      detail: { app_id: session.appId, reason, ...(why === null ? {} : { why }) },
    });
    return true;
  });
  if (isClosed) deps.metrics.sessionCloses.inc({ reason });
  await stopSessionRecording(deps, by, session.id);
  await stopHeld(deps, session);
}

async function stopHeld(
  { provider, log }: CloseDeps,
  {
    id: sessionId,
    provider: startedBy,
    providerRef: ref,
  }: Pick<Session, "id" | "provider" | "providerRef">,
): Promise<void> {
  if (ref === null || startedBy !== provider.name) return;
  await provider.stop(ref).catch((err: unknown) => {
    log.warn({ err, sessionId }, "a closed session could not be stopped yet");
  });
}
