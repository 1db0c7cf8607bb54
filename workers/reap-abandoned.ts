import type { Services } from "@/lib/composition/services";
import { reapAbandonedRecordings, type Reaped } from "@/lib/recordings/reap-abandoned-recordings";
import { closeOrphanedSessions } from "@/lib/sessions/close-orphaned-sessions";

export interface ReapedAbandoned extends Reaped {
  readonly sessionsClosed: number;
}

/** Finishes what nobody looks after any more: sessions of dead hosts, and recordings whose sender is gone. */
export async function reapAbandoned(services: Services): Promise<ReapedAbandoned> {
  const sessionsClosed = await closeOrphanedSessions(services);
  return {
    sessionsClosed,
    ...(await reapAbandonedRecordings(services, { signal: services.stopping })),
  };
}
