import { type Actor, may, type Permission } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";
import { assertNever } from "@/lib/errors/assert-never";

/** What somebody may want to do with one recording. `send` covers its bytes, poster and description. */
export type RecordingAccess = "view" | "send" | "delete";

interface Owned {
  readonly userId: string;
}

/** Whether `actor` may: what is theirs with the permission for their own, anybody's with the one for all. */
export function mayAccess(actor: Actor, access: RecordingAccess, recording: Owned): boolean {
  const { own, all } = permissionsFor(access);
  if (all !== null && may(actor, all)) return true;
  return recording.userId === actor.userId && may(actor, own);
}

/** @throws AppError `forbidden` */
export function requireAccess(actor: Actor, access: RecordingAccess, recording: Owned): void {
  if (mayAccess(actor, access, recording)) return;
  throw new AppError("forbidden", "This recording belongs to somebody else.");
}

function permissionsFor(access: RecordingAccess): { own: Permission; all: Permission | null } {
  switch (access) {
    case "view":
      return { own: "recording.view_own", all: "recording.view_all" };
    case "send":
      // Nobody may put bytes or words into another person's recording.
      return { own: "recording.create", all: null };
    case "delete":
      return { own: "recording.delete_own", all: "recording.delete_all" };
    default:
      return assertNever(access);
  }
}
