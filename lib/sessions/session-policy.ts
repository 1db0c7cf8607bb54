import { type Actor, mayWith, type Owned, type Permission } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";
import type { CloseReason } from "./close-reason";
import type { Session } from "./session-repository";

/** What somebody may want with one session, and the permission for it. */
const PERMISSIONS = {
  view: "session.view",
  use: "session.use",
  end: "session.end",
} as const satisfies Record<string, Permission>;

export type SessionAccess = keyof typeof PERMISSIONS;

export function maySession(actor: Actor, access: SessionAccess, session: Owned): boolean {
  return mayWith(actor, PERMISSIONS[access], session);
}

/** @throws AppError `forbidden` */
export function requireSessionAccess(actor: Actor, access: SessionAccess, session: Owned): void {
  if (maySession(actor, access, session)) return;
  throw new AppError(
    "forbidden",
    session.userId === actor.userId
      ? "Your role does not allow this. Ask an administrator."
      : "This session belongs to somebody else.",
  );
}

/** Where closing leads: a session that never started has failed, any other has ended. */
export function closedStatus(reason: CloseReason): "ended" | "failed" {
  return reason === "start_failed" ? "failed" : "ended";
}

export interface SessionLimits {
  readonly idleTimeoutMs: number;
  readonly maxDurationMs: number;
}

type Used = Pick<Session, "createdAt" | "startedAt" | "lastUsedAt">;

/** Why an open session may not go on at `now`; null when it may. */
export function reasonToClose(
  session: Used & Pick<Session, "isUserDisabled">,
  { idleTimeoutMs, maxDurationMs }: SessionLimits,
  now: Date,
): CloseReason | null {
  if (session.isUserDisabled) return "user_disabled";
  if (now.getTime() - startOf(session).getTime() >= maxDurationMs) return "max_duration";
  if (now.getTime() - session.lastUsedAt.getTime() >= idleTimeoutMs) return "idle";
  return null;
}

/** What closes an open session if nothing changes, and when. */
export interface ComingEnd {
  readonly reason: Extract<CloseReason, "idle" | "max_duration">;
  readonly at: Date;
}

const WARNING_MS = 5 * 60_000;

/**
 * The end of a session of which whoever is at it should hear now: five minutes ahead, or where a limit is short in its
 * last quarter. Null while there is none.
 */
export function comingEnd(
  session: Used,
  { idleTimeoutMs, maxDurationMs }: SessionLimits,
  now: Date,
): ComingEnd | null {
  const near = [
    { reason: "max_duration", since: startOf(session), limitMs: maxDurationMs } as const,
    { reason: "idle", since: session.lastUsedAt, limitMs: idleTimeoutMs } as const,
  ].map(({ reason, since, limitMs }) => {
    const at = new Date(since.getTime() + limitMs);
    const isNear = at.getTime() - now.getTime() <= Math.min(WARNING_MS, limitMs / 4);
    return isNear ? { reason, at } : null;
  });
  return near.reduce((first, end) => (first === null || (end && end.at < first.at) ? end : first));
}

/** Time in line and time to start are not the user's. */
function startOf({ createdAt, startedAt }: Pick<Used, "createdAt" | "startedAt">): Date {
  return startedAt ?? createdAt;
}
