import { Readable } from "node:stream";
import type { ByteRange, StoredObject } from "@/lib/storage/recording-store";
import { BODY_LENGTH_HEADER } from "./body-length";
import { isUnchanged, requestedRange } from "./byte-range";

interface Representation {
  readonly file: StoredObject;
  readonly contentType: string;
  /** A `Content-Disposition` value. */
  readonly disposition: string;
  readonly read: (range?: ByteRange) => Promise<Readable>;
  /** Called before any of its bytes are sent, or the caller is told that it has them: whether from the first byte on. */
  readonly onOpening?: (isBeginning: boolean) => Promise<void>;
}

/** How much of a file waits between the disk and a slow client. */
const BUFFER_BYTES = 256 * 1024;

/**
 * Answers with a stored file, or the range of it that was asked for: 200, 206, 304 or 416. Nothing is
 * opened for HEAD, and what is open is closed when the client goes away.
 * @throws AppError `range_not_satisfiable`
 */
export async function fileResponse(
  request: Request,
  { file, contentType, disposition, read, onOpening }: Representation,
): Promise<Response> {
  const headers = new Headers({
    etag: file.etag,
    "last-modified": file.modifiedAt.toUTCString(),
    // Kept by the browser, but asked for each time: permissions may have changed.
    "cache-control": "private, no-cache",
    "accept-ranges": "bytes",
  });
  const isHead = request.method === "HEAD";
  if (isUnchanged(request.headers, file)) {
    if (!isHead) await onOpening?.(true);
    return new Response(null, { status: 304, headers });
  }

  headers.set("content-type", contentType);
  headers.set("content-disposition", disposition);
  headers.set("x-content-type-options", "nosniff");
  const range = isHead ? null : requestedRange(request.headers, file);
  const { start, end } = range ?? { start: 0, end: file.sizeBytes - 1 };
  headers.set(BODY_LENGTH_HEADER, String(end - start + 1));
  if (range !== null) headers.set("content-range", `bytes ${start}-${end}/${file.sizeBytes}`);
  if (isHead) return new Response(null, { headers });

  await onOpening?.(start === 0);
  const bytes = webStream(await read({ start, end }));
  return new Response(bytes, { status: range === null ? 200 : 206, headers });
}

function webStream(stream: Readable): ReadableStream<Uint8Array> {
  // Without a strategy of its own the web stream would count chunks instead of bytes, and read far ahead.
  const strategy = new ByteLengthQueuingStrategy({ highWaterMark: BUFFER_BYTES });
  return Readable.toWeb(stream, { strategy }) as ReadableStream<Uint8Array>;
}
