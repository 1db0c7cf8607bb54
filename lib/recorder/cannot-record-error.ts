/** Recording cannot begin or go on in this browser; `message` is a sentence that says why and what to do. */
export class CannotRecordError extends Error {
  override readonly name = "CannotRecordError";
}
