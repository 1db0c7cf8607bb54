import { randomUUID } from "node:crypto";
import { type Client, recordAuditEvent, SYSTEM_ACTOR } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { secondsSince } from "@/lib/metrics/measured";
import type { Metrics } from "@/lib/metrics/metrics";
import type { ProviderRef, SessionSpec } from "@/lib/providers/session-provider";
import { availabilityOf } from "./app-availability";
import type { AppCatalogue, CatalogueApp } from "./app-catalogue";
import { type CloseDeps, closeSession } from "./close-session";
import { MAX_OPEN_SESSIONS } from "./session-policy";
import { countOpenSessions, insertSession, markRunning, type Session } from "./session-repository";

export interface LaunchDeps extends CloseDeps {
  readonly instanceId: string;
  readonly stopping: AbortSignal;
  readonly apps: AppCatalogue;
  readonly config: Pick<Config, "appsDomain">;
  readonly metrics: Pick<Metrics, "sessionCloses" | "sessionStarts" | "sessionStartSeconds">;
}

export interface LaunchInput {
  readonly appId: string;
  readonly width: number;
  readonly height: number;
}

/**
 * Creates a session and answers at once, while it is still `creating`; the desktop starts in the
 * background and makes it `running`, or `failed` with the reason.
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
  void startDesktop(deps, session, specOf(app, session.id, input)).catch((err: unknown) => {
    deps.log.error({ err, sessionId: session.id }, "a session could not be started or closed");
  });
  return session;
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

function specOf(app: CatalogueApp, sessionId: string, input: LaunchInput): SessionSpec {
  const identity = { sessionId, appId: app.id };
  if (app.kind !== "desktop") return { ...app, ...identity };
  return { ...app, ...identity, width: input.width, height: input.height };
}

async function createSession(
  { db, provider, instanceId, now }: LaunchDeps,
  actor: Actor,
  client: Client,
  appId: string,
): Promise<Session> {
  return db.$transaction(async (transaction) => {
    await lockUser(transaction, actor.userId);
    if ((await countOpenSessions(transaction, actor.userId)) >= MAX_OPEN_SESSIONS) {
      throw new AppError(
        "conflict",
        `You have ${MAX_OPEN_SESSIONS} open sessions, which is the most allowed. End one to open another.`,
      );
    }
    const createdAt = now();
    const session = await insertSession(transaction, {
      ...{ id: randomUUID(), appId, userId: actor.userId },
      ...{ provider: provider.name, hostId: instanceId, createdAt, lastUsedAt: createdAt },
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
    await closeSession(deps, session, "start_failed", { actor: SYSTEM_ACTOR, client: null });
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
