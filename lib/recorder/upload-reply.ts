import { parseRoomLevel, ROOM_HEADER, type RoomLevel } from "@/lib/recordings/room-level";
import { readProblem, retryAfterMs } from "./server-problem";

/** What a tus answer means for the sender. */
export type UploadReply =
  /**
   * The server holds this many bytes and has so much room for more; `length` is the total it was told,
   * null while that is open.
   */
  | {
      readonly kind: "offset";
      readonly offset: number;
      readonly length: number | null;
      readonly room: RoomLevel;
    }
  /** Our idea of the offset is wrong: ask for it. */
  | { readonly kind: "conflict" }
  /** The recording takes no more bytes: it was closed without us. */
  | { readonly kind: "closed" }
  | { readonly kind: "tooLarge" }
  /** Try again; `reason` is set when a person has to do something for it to succeed. */
  | { readonly kind: "later"; readonly afterMs: number | null; readonly reason: string | null }
  /** Trying again is of no use. */
  | { readonly kind: "refused"; readonly reason: string };

const SIGNED_OUT =
  "You are signed out. Sign in again in another tab: what is not sent yet waits here until then.";
const STORAGE_FULL =
  "The server has no room left for recordings. Ask an administrator to make room; what is not sent yet waits here.";
const GONE = "The recording is no longer on the server; it was probably deleted. Start a new one.";
const NOT_ALLOWED =
  "You are no longer allowed to record this session. Ask an administrator if that is wrong.";

/** Reads the answer to a HEAD or PATCH on the upload URL (tus 1.0.0, https://tus.io/protocols/resumable-upload). */
export async function readUploadReply(response: Response): Promise<UploadReply> {
  const { status, headers } = response;
  if (status === 200 || status === 204) return readOffset(headers);
  const problem = await readProblem(response);
  switch (status) {
    case 401:
      return { kind: "later", afterMs: retryAfterMs(headers), reason: SIGNED_OUT };
    case 403:
      return { kind: "refused", reason: NOT_ALLOWED };
    case 404:
    case 410:
      return { kind: "refused", reason: GONE };
    case 408:
    case 423:
    case 425:
    case 429:
      return { kind: "later", afterMs: retryAfterMs(headers), reason: null };
    case 409:
      return { kind: problem?.code === "recording_closed" ? "closed" : "conflict" };
    case 413:
      return { kind: "tooLarge" };
    case 507:
      return { kind: "later", afterMs: retryAfterMs(headers), reason: STORAGE_FULL };
  }
  if (status >= 500) return { kind: "later", afterMs: retryAfterMs(headers), reason: null };
  const refusal = problem?.message ?? `The server did not accept the recording (${status}).`;
  return { kind: "refused", reason: refusal };
}

/** A 2xx without an offset comes from something between us and the server, such as a sign-in page: try again. */
function readOffset(headers: Headers): UploadReply {
  const offset = readCount(headers.get("Upload-Offset"));
  if (offset === null) return { kind: "later", afterMs: null, reason: null };
  const length = readCount(headers.get("Upload-Length"));
  return { kind: "offset", offset, length, room: parseRoomLevel(headers.get(ROOM_HEADER)) };
}

function readCount(text: string | null): number | null {
  if (text === null || !/^\d+$/.test(text)) return null;
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : null;
}
