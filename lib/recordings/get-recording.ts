import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { hasDeletionBegun } from "@/lib/holds/begun-deletion";
import { type RecordingAccess, requireAccess } from "./recording-policy";
import { findRecording, type Recording } from "./recording-repository";

/**
 * One recording, for somebody who wants `access` to it.
 * @throws AppError `not_found`, or `forbidden` when it is somebody else's
 */
export async function getRecording(
  deps: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  recordingId: string,
  access: RecordingAccess = "view",
): Promise<Recording> {
  const recording = await findRecording(deps.db, recordingId);
  if (recording === null) throw recordingNotFound();
  requireAccess(actor, access, recording);
  return recording;
}

/**
 * The same for who adds to it: one whose deletion has begun is as good as gone, whoever deletes it.
 * @throws AppError `not_found`, `forbidden`
 */
export async function getUpload(
  deps: { readonly db: DatabaseOrTransaction },
  actor: Actor,
  recordingId: string,
): Promise<Recording> {
  const recording = await getRecording(deps, actor, recordingId, "send");
  if (await hasDeletionBegun(deps.db, recordingId)) throw recordingNotFound();
  return recording;
}

export function recordingNotFound(): AppError {
  return new AppError("not_found", "There is no such recording. It may have been deleted.");
}
