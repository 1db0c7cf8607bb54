import { CannotRecordError } from "./cannot-record-error";
import type { Clock } from "./clock";
import { confirmSaved, type SavedRecording } from "./confirm-saved";
import { getRecording, postStop } from "./recording-api";
import type { Uploader } from "./uploader";

export interface RestToSave {
  readonly recordingId: string;
  readonly sessionId: string;
  readonly uploader: Uploader;
  /** All there is of the recording. */
  readonly totalBytes: number;
  readonly limitBytes: number;
  readonly clock: Clock;
  /** Repeats what may pass: see `untilItPasses`. */
  readonly retry: <T>(task: () => Promise<T>) => Promise<T>;
}

/**
 * Sends what is left of a recording whose length is known, and waits until the server has made it ready with
 * every byte: from then on nothing of it is needed here.
 * @throws CannotRecordError, ApiError: then it is
 */
export async function saveRest(rest: RestToSave): Promise<SavedRecording> {
  const { recordingId, totalBytes, clock, retry } = rest;
  const reachedLimit = await sendRest(rest);
  const ask = () => retry(() => getRecording(recordingId));
  return confirmSaved({ clock, ask, spooledBytes: totalBytes, reachedLimit });
}

/** Resolves when the server wants no more, to whether the size limit was why. @throws CannotRecordError */
async function sendRest(rest: RestToSave): Promise<boolean> {
  const { uploader, totalBytes, limitBytes } = rest;
  uploader.finish(totalBytes);
  let isOver = false;
  const tellStopped = (uploadLength: number | null) =>
    rest
      .retry(async () => {
        if (!isOver) await postStop(rest.sessionId, rest.recordingId, uploadLength);
      })
      // A refusal is of no consequence here: sending meets it too, and says more.
      .catch(() => undefined);
  // Told at once and not only with the last bytes, so that the recording is not taken for abandoned.
  // Over the limit there is no length that the server would take.
  void tellStopped(totalBytes > limitBytes ? null : totalBytes);
  const outcome = await uploader.outcome;
  if (outcome.kind === "limit") await tellStopped(outcome.acknowledgedBytes);
  isOver = true;
  if (outcome.kind === "refused") throw new CannotRecordError(outcome.reason);
  return outcome.kind === "limit";
}
