import { type Actor, mayWith, type Owned, type Permission } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";

/** What somebody may want to do with one recording, and the permission for it. */
const PERMISSIONS = {
  view: "recording.view",
  play: "recording.play",
  download: "recording.download",
  send: "recording.create",
  delete: "recording.delete",
  hold: "recording.hold",
} as const satisfies Record<string, Permission>;

export type RecordingAccess = keyof typeof PERMISSIONS;

export function mayAccess(actor: Actor, access: RecordingAccess, recording: Owned): boolean {
  return mayWith(actor, PERMISSIONS[access], recording);
}

/** @throws AppError `forbidden` */
export function requireAccess(actor: Actor, access: RecordingAccess, recording: Owned): void {
  if (mayAccess(actor, access, recording)) return;
  throw new AppError(
    "forbidden",
    recording.userId === actor.userId
      ? "Your role does not allow this. Ask an administrator."
      : "This recording belongs to somebody else.",
  );
}
