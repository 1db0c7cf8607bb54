import { CannotRecordError } from "./cannot-record-error";
import { type Clock, pause } from "./clock";
import type { RecordingOnServer } from "./recording-api";

const FIRST_POLL_MS = 100;
const LONGEST_POLL_MS = 2_000;

export interface SavedRecording {
  readonly durationMs: number;
  readonly truncated: boolean;
}

export interface ConfirmOptions {
  readonly clock: Clock;
  /** What the server says of the recording now. */
  readonly ask: () => Promise<RecordingOnServer>;
  readonly spooledBytes: number;
  /** The server took no more because of the size limit: less than was spooled is all there will be. */
  readonly reachedLimit: boolean;
}

/**
 * Resolves when the server says that the recording is ready and has all of it: only then may the bytes here go.
 * @throws CannotRecordError when the server could not finish it or finished it without all bytes
 */
export async function confirmSaved(options: ConfirmOptions): Promise<SavedRecording> {
  const { clock, ask, spooledBytes, reachedLimit } = options;
  for (let polls = 1; ; polls += 1) {
    const recording = await ask();
    const truncated = recording.truncated || reachedLimit;
    if (recording.status === "failed") {
      throw new CannotRecordError(recording.fail_message ?? "The server could not finish it.");
    }
    if (recording.status === "ready") {
      if (truncated || recording.upload_offset === spooledBytes) {
        return { durationMs: Math.round((recording.duration_seconds ?? 0) * 1000), truncated };
      }
      throw new CannotRecordError(CLOSED_WITHOUT_US);
    }
    await pause(clock, Math.min(LONGEST_POLL_MS, FIRST_POLL_MS * polls));
  }
}

/** Said when the server takes no more although it does not have everything. */
export const CLOSED_WITHOUT_US =
  "The server closed this recording before everything had arrived, because it heard nothing for too long.";
