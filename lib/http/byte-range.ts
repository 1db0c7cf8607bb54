import { AppError } from "@/lib/errors/app-error";
import type { ByteRange, StoredObject } from "@/lib/storage/recording-store";

const ONE_RANGE = /^bytes=(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * The part of a file that a request asks for (RFC 9110 §14); null for the whole. A header that is not
 * understood, several ranges, and an `If-Range` that no longer holds all mean the whole file, as the RFC allows.
 * @throws AppError `range_not_satisfiable`
 */
export function requestedRange(headers: Headers, file: StoredObject): ByteRange | null {
  const match = ONE_RANGE.exec(headers.get("range") ?? "");
  if (match === null || !ifRangeHolds(headers.get("if-range"), file)) return null;
  const [, first, last, suffix] = match;
  const { sizeBytes } = file;
  const start = first === undefined ? Math.max(0, sizeBytes - Number(suffix)) : Number(first);
  const end = last ? Math.min(Number(last), sizeBytes - 1) : sizeBytes - 1;
  // Backwards: not a range at all (RFC 9110 §14.1.1), so not an unsatisfiable one either.
  if (last && Number(last) < start) return null;
  if (start <= end) return { start, end };
  throw new AppError(
    "range_not_satisfiable",
    `The file has ${sizeBytes} bytes; the range asked for is not among them.`,
    { headers: { "Content-Range": `bytes */${sizeBytes}` } },
  );
}

/** RFC 9110 §13.1.5: a strong entity tag or the exact modification date. */
function ifRangeHolds(ifRange: string | null, file: StoredObject): boolean {
  if (ifRange === null) return true;
  return ifRange === file.etag || ifRange === file.modifiedAt.toUTCString();
}

/** Whether the client has these bytes already (RFC 9110 §13.1.2 and §13.1.3). */
export function isUnchanged(headers: Headers, file: StoredObject): boolean {
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) {
    const known = ifNoneMatch.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return known.includes("*") || known.includes(file.etag);
  }
  const since = Date.parse(headers.get("if-modified-since") ?? "");
  return Math.floor(file.modifiedAt.getTime() / 1000) * 1000 <= since;
}
