import { type Actor, mayWith, type Owned, reachOf } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";

/** Whether somebody may hold all that a user records: that reaches into every cluster. */
export function mayHoldUsers(actor: Actor): boolean {
  const reach = reachOf(actor, "recording.hold");
  return reach !== null && reach.cluster === undefined;
}

/** `owned` is null of a hold on a user. @throws AppError `forbidden` */
export function requireMayHold(actor: Actor, owned: Owned | null): void {
  if (owned === null ? mayHoldUsers(actor) : mayWith(actor, "recording.hold", owned)) return;
  throw new AppError(
    "forbidden",
    "This is outside of the clusters assigned to you. Ask an administrator.",
  );
}
