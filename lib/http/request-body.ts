import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { AppError } from "@/lib/errors/app-error";
import { incomingMessage } from "./incoming-message";

/** Ample for so little on any link. */
const SMALL_BODY_DEADLINE_MS = 30_000;

export interface SmallBodyOptions {
  readonly deadlineMs?: number;
}

/** A request's body as a Node stream, read as fast as it is taken. Empty when there is none. */
export function bodyStream(request: Request): Readable {
  const message = incomingMessage();
  if (message?.readableDidRead === false) return message;
  if (request.body === null) return Readable.from([]);
  return Readable.fromWeb(request.body as ReadableStream);
}

/**
 * A request's whole body, when it is small. The server sets no limit to how long a request may take, for
 * uploads' sake; so a body that trickles in is cut off here.
 * @throws AppError `too_large` once it is over `maxBytes`, `request_timeout` when it is not there in time
 */
export async function smallBody(
  request: Request,
  maxBytes: number,
  { deadlineMs = SMALL_BODY_DEADLINE_MS }: SmallBodyOptions = {},
): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const cancel = () => reader.cancel().catch(() => undefined);
  const late = new AbortController();
  const deadline = setTimeout(() => {
    late.abort();
    // Whoever waits for the next part is told that it was the last.
    void cancel();
  }, deadlineMs);
  try {
    const body = await gather(reader, maxBytes);
    if (!late.signal.aborted) return body;
  } catch (error) {
    await cancel();
    if (!late.signal.aborted) throw error;
  } finally {
    clearTimeout(deadline);
  }
  throw new AppError("request_timeout", "The body did not arrive in time. Send it again.", {
    // The rest of it may never come (RFC 9110, 15.5.9).
    headers: { Connection: "close" },
  });
}

/** @throws AppError `too_large` */
async function gather(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    sizeBytes += part.value.byteLength;
    if (sizeBytes > maxBytes) {
      throw new AppError("too_large", `The body may have ${maxBytes} bytes at most.`);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}
