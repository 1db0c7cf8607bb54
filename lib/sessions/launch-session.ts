import { randomUUID } from "node:crypto";
import { type Client, recordAuditEvent, SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError, isAppError } from "@/lib/errors/app-error";
import { secondsSince } from "@/lib/metrics/measured";
import type { Metrics } from "@/lib/metrics/metrics";
import type { ProviderRef, SessionSpec } from "@/lib/providers/session-provider";
import { findSettings } from "@/lib/settings/settings-repository";
import { availabilityOf } from "./app-availability";
import type { AppCatalogue, CatalogueApp } from "./app-catalogue";
import { type CloseDeps, closeSession } from "./close-session";
import { firstInLine, hasRoom, lockLine, takeTurn } from "./session-line";
import {
  countOpenSessions,
  findSession,
  insertSession,
  markRunning,
  type Session,
} from "./session-repository";

export interface LaunchDeps extends CloseDeps {
  readonly instanceId: string;
  readonly stopping: AbortSignal;
  readonly apps: AppCatalogue;
  readonly config: Pick<Config, "appsDomain" | "session">;
  readonly metrics: Pick<Metrics, "sessionCloses" | "sessionStarts" | "sessionStartSeconds">;
}

export interface LaunchInput {
  readonly appId: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Creates a session and answers at once, while it is still `creating`; the desktop starts in the
 * background and makes it `running`, or `failed` with the reason. Where as many sessions are open as may be, it
 * waits in line, until `startNextInLine` finds room.
 * @throws AppError `not_found`, `app_unavailable`, `conflict` when too many are open
 */
export async function launchSession(
  deps: LaunchDeps,
  actor: Actor,
  client: Client,
  input: LaunchInput,
): Promise<Session> {
  refuseWhenStopping(deps.stopping);
  const app = await findApp(deps, input.appId);
  const availability = await availabilityOf(deps, app);
  if (!availability.available) throw new AppError("app_unavailable", availability.reason);
  const session = await createSession(deps, actor, client, app.id);
  if (session.queuedAt === null) startInBackground(deps, session, specOf(app, session.id, input));
  return session;
}

/** Starts whoever has waited longest, where there is room now. Answers whether it did; call it again then. */
export async function startNextInLine(deps: LaunchDeps): Promise<boolean> {
  const { db, apps, stopping, instanceId, now } = deps;
  if (stopping.aborted || (await firstInLine(db)) === null) return false;
  const id = await db.$transaction(async (transaction) => {
    await lockLine(transaction);
    const { values } = await findSettings(transaction);
    const next = await firstInLine(transaction);
    if (next === null || !(await hasRoom(transaction, values.max_sessions))) return null;
    await takeTurn(transaction, next.id, { hostId: instanceId, at: now() });
    return next.id;
  });
  const session = id === null ? null : await findSession(db, id);
  if (session === null) return false;
  const app = apps.find((each) => each.id === session.appId);
  // Another catalogue than the one that it was launched from.
  if (app === undefined) await closeSession(deps, session, "start_failed", BY_SYSTEM, APP_GONE);
  else startInBackground(deps, session, specOf(app, session.id, FIRST_SIZE));
  return true;
}

/** What a desktop begins with whose viewer has waited: the viewer's own size comes with it. */
const FIRST_SIZE = { width: 1280, height: 720 };
const APP_GONE = "The app is not offered any more.";
const BY_SYSTEM = { actor: SYSTEM_ACTOR, client: null };

function startInBackground(deps: LaunchDeps, session: Session, spec: SessionSpec): void {
  void startDesktop(deps, session, spec).catch((err: unknown) => {
    deps.log.error({ err, sessionId: session.id }, "a session could not be started or closed");
  });
}

/** @throws AppError `unavailable`: another server takes it, or this one in a moment */
function refuseWhenStopping(stopping: AbortSignal): void {
  if (!stopping.aborted) return;
  throw new AppError("unavailable", "This server is restarting. Try again in a moment.", {
    retryAfterSeconds: 2,
  });
}

/** An app of the catalogue that administrators have not switched off. @throws AppError `not_found` */
async function findApp({ db, apps }: LaunchDeps, appId: string): Promise<CatalogueApp> {
  const app = apps.find(({ id }) => id === appId);
  const isEnabled = (await db.app.count({ where: { id: appId, enabled: true } })) > 0;
  if (app !== undefined && isEnabled) return app;
  throw new AppError("not_found", "There is no such app. Choose one from the apps page.");
}

function specOf(
  app: CatalogueApp,
  sessionId: string,
  input: Pick<LaunchInput, "width" | "height">,
): SessionSpec {
  const identity = { sessionId, appId: app.id };
  if (app.kind !== "desktop") return { ...app, ...identity };
  return { ...app, ...identity, width: input.width, height: input.height };
}

async function createSession(
  { db, config, provider, instanceId, now }: LaunchDeps,
  actor: Actor,
  client: Client,
  appId: string,
): Promise<Session> {
  return db.$transaction(async (transaction) => {
    await lockUser(transaction, actor.userId);
    const { values } = await findSettings(transaction);
    const most = values.max_sessions_per_user;
    if ((await countOpenSessions(transaction, actor.userId)) >= most) {
      throw new AppError(
        "conflict",
        `You have ${most} open session${most === 1 ? "" : "s"}, which is the most allowed. End one to open another.`,
      );
    }
    const waits = await mustWait(transaction, values.max_sessions);
    const createdAt = now();
    const session = await insertSession(transaction, {
      ...{ id: randomUUID(), appId, userId: actor.userId, cluster: config.session.cluster },
      ...{ provider: provider.name, hostId: waits ? null : instanceId },
      ...{ createdAt, lastUsedAt: createdAt, queuedAt: waits ? createdAt : null },
    });
    await recordAuditEvent(transaction, {
      actor,
      client,
      action: "session.start",
      target: { type: "session", id: session.id },
      detail: { app_id: appId },
    });
    return session;
  });
}

/** Nobody overtakes who waits already. */
async function mustWait(transaction: DatabaseOrTransaction, maxSessions: number): Promise<boolean> {
  if (maxSessions === 0) return false;
  await lockLine(transaction);
  if ((await firstInLine(transaction)) !== null) return true;
  return !(await hasRoom(transaction, maxSessions));
}

/** Two launches at once must not both find room for one. */
async function lockUser(transaction: DatabaseOrTransaction, userId: string): Promise<void> {
  await transaction.$queryRaw`SELECT 1 FROM "users" WHERE "id" = ${userId}::uuid FOR NO KEY UPDATE`;
}

async function startDesktop(deps: LaunchDeps, session: Session, spec: SessionSpec): Promise<void> {
  const { sessionId } = spec;
  const startedAt = performance.now();
  try {
    const { ref } = await deps.provider.start(spec);
    await handOver(deps, sessionId, ref);
    deps.metrics.sessionStarts.inc({ result: "running" });
    deps.metrics.sessionStartSeconds.observe(secondsSince(startedAt));
  } catch (err) {
    deps.log.error({ err, sessionId }, "a session did not start");
    deps.metrics.sessionStarts.inc({ result: "failed" });
    const why = isAppError(err) ? (err.why ?? null) : null;
    await closeSession(deps, session, "start_failed", BY_SYSTEM, why);
  }
}

/** Makes the desktop known. Nobody else would stop it where that fails, or where the session was closed meanwhile. */
async function handOver(deps: LaunchDeps, sessionId: string, ref: ProviderRef): Promise<void> {
  let isKnown = false;
  try {
    const hostId = deps.provider.isTiedToProcess ? deps.instanceId : null;
    isKnown = await markRunning(deps.db, sessionId, { ref, hostId, startedAt: deps.now() });
  } finally {
    if (!isKnown) await deps.provider.stop(ref);
  }
}
