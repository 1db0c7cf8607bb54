import { SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import type { Config } from "@/lib/config/config";
import { closeSession } from "./close-session";
import { type LaunchDeps, startNextInLine } from "./launch-session";
import { forgetHosts, reportAlive } from "./session-hosts";
import { findLeftInLine } from "./session-line";
import { reasonToClose } from "./session-policy";
import type { HeldSession } from "@/lib/providers/session-provider";
import {
  findOpenSessionsOf,
  findSession,
  findSessionsById,
  findStuckSessions,
  findUntiedSessions,
  type Session,
} from "./session-repository";

const CHECK_EVERY_MS = 5_000;
/** How long after its time a start that nobody gave up is taken for stuck. */
const STUCK_AFTER_MS = 40_000;

export interface HostDeps extends LaunchDeps {
  readonly config: Pick<Config, "session" | "appsDomain">;
}

export interface SessionHost {
  /** Ends the sessions that are tied to this process or still starting in it, and strikes it off the list of hosts. */
  close(): Promise<void>;
}

/**
 * Answers for the sessions of this process, or, where the provider does not tie them to one, with every other process
 * for all of them: says that it lives, ends those that nobody uses, that last too long or whose user was disabled, stops
 * what no open session needs, notes when a desktop has ended by itself, gives up places in line that nobody waits at any
 * more, and starts who waits once there is room.
 */
export async function hostSessions(
  deps: HostDeps,
  { checkEveryMs = CHECK_EVERY_MS }: { readonly checkEveryMs?: number } = {},
): Promise<SessionHost> {
  await reportAlive(deps.db, deps.instanceId);
  const stopListening = deps.provider.onExit((sessionId, why) => {
    void logged(deps, "a desktop's end could not be noted", noteExit(deps, sessionId, why));
  });
  let pass: Promise<void> = Promise.resolve();
  let passing = false;
  let awakeSince = deps.now();
  const look = () => {
    if (passing) return;
    passing = true;
    const checked = check(deps, awakeSince).catch((err: unknown) => {
      awakeSince = deps.now();
      throw err;
    });
    pass = logged(deps, "sessions could not be looked after", checked).finally(() => {
      passing = false;
    });
  };
  look();
  const timer = setInterval(look, checkEveryMs);
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

async function noteExit(deps: HostDeps, sessionId: string, why: string | null): Promise<void> {
  const session = await findSession(deps.db, sessionId);
  if (session !== null) await closeSession(deps, session, "desktop_exited", bySystem, why);
}

/** `awakeSince`: since when every pass has come to its end. */
async function check(deps: HostDeps, awakeSince: Date): Promise<void> {
  await reportAlive(deps.db, deps.instanceId);
  const latest = new Date(deps.now().getTime() - deps.provider.startTimeoutMs - STUCK_AFTER_MS);
  for (const session of await findStuckSessions(deps.db, deps.instanceId, latest)) {
    await closeSession(deps, session, "start_failed", bySystem);
  }
  // Rows first: a session that runs in its row is held, unless it has gone.
  const expected = await findUntiedSessions(deps.db, deps.provider);
  const held = await deps.provider.heldSessions();
  const ids = held.map(({ sessionId }) => sessionId);
  const sessions = ids.length === 0 ? [] : await findSessionsById(deps.db, ids);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  for (const one of held) await checkHeld(deps, one, byId.get(one.sessionId));
  for (const session of expected) {
    if (!ids.includes(session.id)) await closeSession(deps, session, "desktop_exited", bySystem);
  }
  for (const session of await findLeftInLine(deps.db, { now: deps.now(), awakeSince })) {
    await closeSession(deps, session, "left_line", bySystem);
  }
  // What was just closed made room.
  while (await startNextInLine(deps));
}

async function checkHeld(
  deps: HostDeps,
  held: HeldSession,
  session: Session | undefined,
): Promise<void> {
  // Its launch is not through yet, and looks after it itself.
  if (session?.status === "creating") return;
  if (session?.status !== "running") {
    await deps.provider.stop(held.ref);
    return;
  }
  if (!held.isAlive) {
    await closeSession(deps, session, "desktop_exited", bySystem, held.why);
    return;
  }
  const reason = reasonToClose(session, deps.config.session, deps.now());
  if (reason !== null) await closeSession(deps, session, reason, bySystem);
}

async function closeAll(deps: HostDeps): Promise<void> {
  const mine = { hostIds: [deps.instanceId], unregisteredBefore: new Date(0) };
  for (const session of await findOpenSessionsOf(deps.db, mine, deps.provider)) {
    await closeSession(deps, session, "server_restarted", bySystem);
  }
  await forgetHosts(deps.db, [deps.instanceId]);
}
