import { Readable } from "node:stream";
import type { ByteRange } from "./recording-store";
import type { Body, S3Bucket } from "./s3-bucket";
import { bytesMissing } from "./s3-errors";
import { type Piece, piecesOf, type S3LiveState } from "./s3-live-state";

/** Bodies up to this size are put together in memory, so that a failed call can be repeated; larger ones stream. */
const MAX_IN_MEMORY_BYTES = 32 * 1024 * 1024;
/** What is read at once of a large object. */
const READ_BYTES = 1024 * 1024;
const STREAM_BYTES = 8 * 1024 * 1024;
const CONCURRENT_READS = 8;
const NOTHING = new Uint8Array(0);

/** Where the pieces of a live recording are. */
export interface PieceSource {
  readonly bucket: S3Bucket;
  /** The recording's own key, of which the pieces without a name are. */
  readonly key: string;
  readonly state: S3LiveState;
}

/**
 * The file's bytes from `start` to before `end`, with what is put before and behind them, as something
 * to upload. @throws AppError `not_found` when they are not in pieces
 */
export async function bodyFrom(
  source: PieceSource,
  start: number,
  end: number,
  { before = NOTHING, behind = NOTHING }: { before?: Uint8Array; behind?: Uint8Array } = {},
): Promise<Body> {
  const pieces = piecesOf(source.state, start, end);
  if (pieces === null) throw bytesMissing();
  const sizeBytes = before.byteLength + (end - start) + behind.byteLength;
  if (sizeBytes === behind.byteLength) return { bytes: behind, sizeBytes };
  if (sizeBytes > MAX_IN_MEMORY_BYTES) {
    const stream = async function* () {
      yield before;
      for (const slice of pieces.flatMap(inSlices)) yield await readPiece(source, slice);
      yield behind;
    };
    return { bytes: Readable.from(stream(), { objectMode: false }), sizeBytes };
  }
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(before);
  bytes.set(behind, sizeBytes - behind.byteLength);
  await inParallel(pieces, CONCURRENT_READS, async (piece) => {
    bytes.set(await readPiece(source, piece), before.byteLength + piece.at - start);
  });
  return { bytes, sizeBytes };
}

function readPiece({ bucket, key, state }: PieceSource, piece: Piece): Promise<Uint8Array> {
  const range = { start: piece.from, end: piece.from + piece.sizeBytes - 1 };
  return piece.name === null
    ? bucket.get(key, range, state.base?.etag)
    : bucket.get(piece.name, range);
}

function inSlices(piece: Piece): Piece[] {
  const count = Math.ceil(piece.sizeBytes / STREAM_BYTES);
  return Array.from({ length: count }, (_, index) => {
    const skipped = index * STREAM_BYTES;
    return {
      ...piece,
      at: piece.at + skipped,
      from: piece.from + skipped,
      sizeBytes: Math.min(STREAM_BYTES, piece.sizeBytes - skipped),
    };
  });
}

/**
 * Streams a range of one object in small requests: no connection is held open for a viewer who has
 * paused, and a request that fails is repeated by the SDK. The next is under way while one is sent.
 */
export function streamObject(
  bucket: S3Bucket,
  name: string,
  etag: string,
  { start, end }: ByteRange,
): Readable {
  const readAt = async (at: number) => {
    if (at > end) return null;
    return bucket.get(name, { start: at, end: Math.min(at + READ_BYTES - 1, end) }, etag);
  };
  const stream = async function* () {
    let next = readAt(start);
    for (let at = start; at <= end; at += READ_BYTES) {
      const bytes = await next;
      next = readAt(at + READ_BYTES);
      // Whoever awaits it hears of a failure; until then it is not "unhandled".
      next.catch(() => undefined);
      yield bytes;
    }
  };
  return Readable.from(stream(), { objectMode: false });
}

/** Runs `work` for every item, so many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
}
