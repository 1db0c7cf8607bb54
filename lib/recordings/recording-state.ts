import { AppError } from "@/lib/errors/app-error";
import { assertNever } from "@/lib/errors/assert-never";

export type RecordingStatus = "recording" | "uploading" | "ready" | "failed";

/** Why a recording failed: a code that the screen turns into advice. */
export type FailReason = "nothing_captured" | "unknown_format" | "storage_lost" | "seal_failed";

/** Everything that can happen to a recording after it was started. */
export type RecordingEvent =
  /** The user stopped, the limit was reached, the session ended or nobody sent anything for too long. */
  | { readonly type: "stop" }
  | { readonly type: "seal" }
  /** The sender is back with bytes that were still missing when the recording was finished without it. */
  | { readonly type: "resume" }
  | { readonly type: "fail"; readonly reason: FailReason };

/**
 * The life of a recording, as one table: the status an event leads to.
 * `stop` and `seal` may be repeated; they never move a recording back. Only bytes that were still
 * missing do: better to be `uploading` again than to lose what the sender kept.
 * @throws AppError `illegal_transition`
 */
export function nextStatus(status: RecordingStatus, event: RecordingEvent): RecordingStatus {
  switch (event.type) {
    case "stop":
      return status === "recording" ? "uploading" : status;
    case "seal":
      if (status === "uploading" || status === "ready") return "ready";
      throw illegal(status, event);
    case "resume":
      if (status !== "recording") return "uploading";
      throw illegal(status, event);
    case "fail":
      if (status === "uploading" || status === "failed") return "failed";
      throw illegal(status, event);
    default:
      return assertNever(event);
  }
}

function illegal(status: RecordingStatus, event: RecordingEvent): AppError {
  return new AppError(
    "illegal_transition",
    `A recording that is ${status} cannot ${event.type}. Reload the page to see its current state.`,
  );
}
