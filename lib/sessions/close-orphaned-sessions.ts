import { SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import { type CloseDeps, closeSession } from "./close-session";
import { findDeadHosts, forgetHosts, SILENT_MS, SUSPECTED_MS } from "./session-hosts";
import { findOpenSessionsOf } from "./session-repository";

/**
 * Closes the sessions whose host process has died, and removes what such processes left on this
 * machine. A host is dead when this machine knows so (its socket refuses), or when the database has
 * not heard of it for long. For the start of a server and for the worker, every minute; any number
 * of processes may do so at once. Answers how many it closed.
 */
export async function closeOrphanedSessions(deps: CloseDeps): Promise<number> {
  const cleared = await deps.provider.clearLeftovers();
  const silent = await findDeadHosts(deps.db);
  const dead = [...new Set([...cleared, ...silent])];
  const unregisteredBefore = new Date(deps.now().getTime() - SILENT_MS - SUSPECTED_MS);
  const gone = { hostIds: dead, unregisteredBefore };
  const orphans = await findOpenSessionsOf(deps.db, gone, deps.provider);
  for (const session of orphans) {
    await closeSession(deps, session, "server_restarted", { actor: SYSTEM_ACTOR, client: null });
  }
  await forgetHosts(deps.db, dead);
  return orphans.length;
}
