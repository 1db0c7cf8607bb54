import { type Actor, may } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";
import { assertNever } from "@/lib/errors/assert-never";
import type { CloseReason } from "./close-reason";
import type { Session } from "./session-repository";

/** What somebody may want with one session. `use` is to see and steer its desktop. */
export type SessionAccess = "view" | "use" | "end";

/** One person's sessions at a time: each is a desktop in memory. */
export const MAX_OPEN_SESSIONS = 10;

/** @throws AppError `forbidden` */
export function requireSessionAccess(
  actor: Actor,
  access: SessionAccess,
  session: Pick<Session, "userId">,
): void {
  if (session.userId === actor.userId && may(actor, "session.use_own")) return;
  if (mayForAll(actor, access)) return;
  throw new AppError("forbidden", "This session belongs to somebody else.");
}

function mayForAll(actor: Actor, access: SessionAccess): boolean {
  switch (access) {
    case "view":
      return may(actor, "session.view_all");
    case "use":
      // Nobody sits down at another person's desktop.
      return false;
    case "end":
      return may(actor, "session.end_all");
    default:
      return assertNever(access);
  }
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
  session: Pick<Session, "isUserDisabled" | "createdAt" | "lastUsedAt">,
  { idleTimeoutMs, maxDurationMs }: SessionLimits,
  now: Date,
): CloseReason | null {
  if (session.isUserDisabled) return "user_disabled";
  if (now.getTime() - session.createdAt.getTime() >= maxDurationMs) return "max_duration";
  if (now.getTime() - session.lastUsedAt.getTime() >= idleTimeoutMs) return "idle";
  return null;
}
