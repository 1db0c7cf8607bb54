import { SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import type { Config } from "@/lib/config/config";
import { type CloseDeps, closeSession } from "./close-session";
import { forgetHosts, reportAlive } from "./session-hosts";
import { reasonToClose } from "./session-policy";
import type { ProviderRef } from "@/lib/providers/session-provider";
import {
  findOpenSessionsOf,
  findSession,
  findSessionsById,
  findStuckSessions,
  type Session,
} from "./session-repository";

const CHECK_EVERY_MS = 5_000;
/** Longer than any desktop takes to start, or to be given up. */
const STARTING_LIMIT_MS = 60_000;

export interface HostDeps extends CloseDeps {
  readonly instanceId: string;
  readonly config: Pick<Config, "session">;
}

export interface SessionHost {
  /** Ends the sessions of this process and strikes it off the list of hosts. */
  close(): Promise<void>;
}

/**
 * Answers for the sessions that this process runs: says that it lives, ends those that nobody uses,
 * that last too long or whose user was disabled, stops the desktops of those that others closed, and
 * notes when a desktop ends by itself.
 */
export async function hostSessions(
  deps: HostDeps,
  { checkEveryMs = CHECK_EVERY_MS }: { readonly checkEveryMs?: number } = {},
): Promise<SessionHost> {
  await reportAlive(deps.db, deps.instanceId);
  const stopListening = deps.provider.onExit((sessionId) => {
    void logged(deps, "a desktop's end could not be noted", noteExit(deps, sessionId));
  });
  let pass: Promise<void> = Promise.resolve();
  let passing = false;
  const timer = setInterval(() => {
    if (passing) return;
    passing = true;
    pass = logged(deps, "sessions could not be looked after", check(deps)).finally(() => {
      passing = false;
    });
  }, checkEveryMs);
  return {
    close: async () => {
      clearInterval(timer);
      stopListening();
      await pass;
      await closeAll(deps);
    },
  };
}

const bySystem = { actor: SYSTEM_ACTOR, client: null };

/** Background work must not end the process: what fails is logged, and tried again at the next pass. */
function logged(deps: HostDeps, sentence: string, work: Promise<void>): Promise<void> {
  return work.catch((err: unknown) => deps.log.error({ err }, sentence));
}

async function noteExit(deps: HostDeps, sessionId: string): Promise<void> {
  const session = await findSession(deps.db, sessionId);
  if (session !== null) await closeSession(deps, session, "desktop_exited", bySystem);
}

async function check(deps: HostDeps): Promise<void> {
  await reportAlive(deps.db, deps.instanceId);
  const latest = new Date(deps.now().getTime() - STARTING_LIMIT_MS);
  for (const session of await findStuckSessions(deps.db, deps.instanceId, latest)) {
    await closeSession(deps, session, "start_failed", bySystem);
  }
  const running = deps.provider.runningSessions();
  const ids = running.map(({ sessionId }) => sessionId);
  const sessions = ids.length === 0 ? [] : await findSessionsById(deps.db, ids);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  for (const { sessionId, ref } of running) await checkDesktop(deps, ref, byId.get(sessionId));
}

async function checkDesktop(
  deps: HostDeps,
  ref: ProviderRef,
  session: Session | undefined,
): Promise<void> {
  // Its launch is not through yet, and looks after it itself.
  if (session?.status === "creating") return;
  if (session?.status !== "running") {
    await deps.provider.stop(ref);
    return;
  }
  const reason = reasonToClose(session, deps.config.session, deps.now());
  if (reason !== null) await closeSession(deps, session, reason, bySystem);
}

async function closeAll(deps: HostDeps): Promise<void> {
  const mine = { hostIds: [deps.instanceId], unregisteredBefore: new Date(0) };
  for (const session of await findOpenSessionsOf(deps.db, mine)) {
    await closeSession(deps, session, "server_restarted", bySystem);
  }
  await forgetHosts(deps.db, [deps.instanceId]);
}
