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
 * Harmless when it is closed already. Another server's desktop is stopped by that server, which
 * looks at its sessions every few seconds.
 */
export async function closeSession(
  deps: CloseDeps,
  session: Pick<Session, "id" | "appId" | "providerRef">,
  reason: CloseReason,
  by: ClosedBy,
): Promise<void> {
  const isClosed = await deps.db.$transaction(async (transaction) => {
    const closing = { status: closedStatus(reason), closeReason: reason, endedAt: deps.now() };
    if (!(await markClosed(transaction, session.id, closing))) return false;
    await recordAuditEvent(transaction, {
      ...by,
      action: "session.end",
      target: { type: "session", id: session.id },
      detail: { app_id: session.appId, reason },
    });
    return true;
  });
  if (isClosed) deps.metrics.sessionCloses.inc({ reason });
  await stopSessionRecording(deps, by, session.id);
  if (session.providerRef !== null) await deps.provider.stop(session.providerRef);
}
