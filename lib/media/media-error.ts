/**
 * - `unknown_format`: the stream is in no container of ours, or lacks what every such stream has.
 * - `no_media`: not one whole frame has arrived.
 * - `header_too_large`: what describes the stream does not fit the reserved header.
 * - `corrupt`: it began well, and then broke its container's rules; or a saved state is damaged.
 */
export type MediaErrorCode = "unknown_format" | "no_media" | "header_too_large" | "corrupt";

/** The only error that reading a stream throws. `message` is a sentence for the user. */
export class MediaError extends Error {
  readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string) {
    super(message);
    this.name = "MediaError";
    this.code = code;
  }
}

/** What asking for a header too early throws. */
export function noMedia(): MediaError {
  return new MediaError("no_media", "The recording holds no picture and no sound yet.");
}
