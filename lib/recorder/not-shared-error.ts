/** The user did not let the browser record the tab; `message` is a sentence. Nothing has failed. */
export class NotSharedError extends Error {
  override readonly name = "NotSharedError";
}
