/**
 * - `not_webm`: the stream is something else, or lacks what every WebM stream has.
 * - `no_media`: not one whole frame has arrived.
 * - `header_too_large`: what describes the stream does not fit the reserved header.
 * - `corrupt`: it began as WebM, and then broke its rules; or a saved state is damaged.
 */
export type WebmErrorCode = "not_webm" | "no_media" | "header_too_large" | "corrupt";

/** The only error this folder throws. `message` is a sentence for the user. */
export class WebmError extends Error {
  readonly code: WebmErrorCode;

  constructor(code: WebmErrorCode, message: string) {
    super(message);
    this.name = "WebmError";
    this.code = code;
  }
}
