import { assertNever } from "@/lib/errors/assert-never";
import type { FailReason } from "./recording-state";

/** What a failed recording tells its user: what happened and what to do. */
export function failMessage(reason: FailReason): string {
  switch (reason) {
    case "nothing_captured":
      return "No picture arrived before the recording ended. Record again, and keep the session's tab open until the recording is saved.";
    case "unknown_format":
      return "What arrived is neither a WebM nor an MP4 recording. Record again from the session's toolbar.";
    case "storage_lost":
      return "The storage no longer has this recording's bytes. Ask an administrator to look for them in a backup.";
    case "seal_failed":
      return "The recording could not be finished; its bytes are kept. Ask an administrator to look at the server's log.";
    default:
      return assertNever(reason);
  }
}
