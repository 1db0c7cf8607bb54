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

/** Why an open session may not go on at `now`; null when it may. */
export function reasonToClose(
  session: Pick<Session, "isUserDisabled" | "createdAt" | "startedAt" | "lastUsedAt">,
  { idleTimeoutMs, maxDurationMs }: SessionLimits,
  now: Date,
): CloseReason | null {
  if (session.isUserDisabled) return "user_disabled";
  const since = session.startedAt ?? session.createdAt;
  if (now.getTime() - since.getTime() >= maxDurationMs) return "max_duration";
  if (now.getTime() - session.lastUsedAt.getTime() >= idleTimeoutMs) return "idle";
  return null;
}
