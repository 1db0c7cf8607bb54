import { z } from "zod";
import type { StorageState, StoredObject } from "./recording-store";

const position = z.number().int().nonnegative();

/** Where some bytes of the file are: in an object that may also hold others. */
const pieceSchema = z.object({
  /** Position in the file of the piece's first byte. */
  at: position,
  sizeBytes: position,
  /** The object; null: the sealed one that is being continued. */
  name: z.string().nullable(),
  /** Where in the object the piece begins. */
  from: position,
});

/**
 * What a live recording consists of in the bucket:
 *
 *     file      |header| part 1      | part 2      | part 3      | not yet a part
 *     kept as   |      | pieces      | multipart   | multipart   | pieces
 *
 * Parts are equal in size. Their bytes cannot be read before the upload is completed, and part 1 begins
 * with the header, which is finished at the seal: so its bytes stay in pieces until then.
 */
const stateSchema = z.object({
  layout: z.literal(1),
  headerBytes: position,
  partBytes: position,
  /** The object that holds the header as it is now. */
  header: z.string().nullable(),
  /** In the order of the file, without a hole except for what is in parts. */
  pieces: z.array(pieceSchema),
  uploadId: z.string().nullable(),
  /** Entity tags of part 2 and those that follow; null: to be copied from the sealed object. */
  parts: z.array(z.string().nullable()),
  /** The sealed object that is being continued. */
  base: z.object({ etag: z.string(), sizeBytes: position }).nullable(),
  /** Objects that the state before this one needed. This one being saved, they can go. */
  superseded: z.array(z.string()),
});

export type Piece = Readonly<z.infer<typeof pieceSchema>>;
export type S3LiveState = Readonly<z.infer<typeof stateSchema>>;

/** Null when the row holds no state of ours. */
export function parseState(state: StorageState): S3LiveState | null {
  return stateSchema.safeParse(state).data ?? null;
}

export function emptyState(headerBytes: number, partBytes: number): S3LiveState {
  return {
    ...{ layout: 1, headerBytes, partBytes },
    ...{ header: null, pieces: [], uploadId: null, parts: [], base: null, superseded: [] },
  };
}

/** The file position up to which there are bytes. */
export function endOf(state: S3LiveState): number {
  const last = state.pieces.at(-1);
  return Math.max(state.headerBytes, partsEnd(state), last === undefined ? 0 : endOfPiece(last));
}

/** The file position after the last part; 0 without any. */
function partsEnd({ parts, partBytes }: S3LiveState): number {
  return parts.length === 0 ? 0 : (parts.length + 1) * partBytes;
}

/** The number of the part that comes next. Part 1 comes at the seal. */
export function nextPartNumber({ parts }: S3LiveState): number {
  return parts.length + 2;
}

/** What a part is to hold: from `start` to before `end`. */
export function extentOfPart({ partBytes }: S3LiveState, number: number) {
  return { start: (number - 1) * partBytes, end: number * partBytes };
}

export function endOfPiece({ at, sizeBytes }: Piece): number {
  return at + sizeBytes;
}

/** The state with a piece more at its end; pieces whose bytes it holds too are superseded. */
export function withPiece(state: S3LiveState, piece: Piece): S3LiveState {
  const kept = state.pieces.filter(({ at }) => at < piece.at);
  const merged = namesOf(state.pieces.filter(({ at }) => at >= piece.at));
  return { ...state, pieces: [...kept, piece], superseded: [...state.superseded, ...merged] };
}

/**
 * Where a piece that ends with the next `sizeBytes` is to begin so that there are few pieces: it takes in
 * those before it that are no larger than what it holds already, up to `maxBytes` in all. A byte is thus
 * written again only as often as the piece it is in doubles.
 */
export function mergeStart(state: S3LiveState, sizeBytes: number, maxBytes: number): number {
  const end = endOf(state);
  let start = end;
  for (const piece of state.pieces.toReversed()) {
    const heldBytes = end - start + sizeBytes;
    const isNext = endOfPiece(piece) === start && piece.name !== null;
    if (!isNext || piece.sizeBytes > heldBytes || heldBytes + piece.sizeBytes > maxBytes) break;
    start = piece.at;
  }
  return start;
}

/** The state with `etag` as its next part; pieces that held nothing but its bytes are superseded. */
export function withPart(state: S3LiveState, uploadId: string, etag: string): S3LiveState {
  const next = { ...state, uploadId, parts: [...state.parts, etag] };
  const end = partsEnd(next);
  const isNeeded = (piece: Piece) => piece.at < state.partBytes || endOfPiece(piece) > end;
  return {
    ...next,
    pieces: state.pieces.filter(isNeeded),
    superseded: [...state.superseded, ...namesOf(state.pieces.filter((piece) => !isNeeded(piece)))],
  };
}

/**
 * The state cut after `end`, to be written on from there: objects that hold nothing else are superseded.
 * Null when there are no bytes up to there, or when they are in parts, which cannot be cut.
 */
export function cutAt(state: S3LiveState, end: number): S3LiveState | null {
  if (endOf(state) < end || partsEnd(state) > end) return null;
  const kept = state.pieces.filter((piece) => piece.at < end);
  const dropped = namesOf(state.pieces.filter((piece) => piece.at >= end));
  const pieces = kept.map((piece) => ({
    ...piece,
    sizeBytes: Math.min(piece.sizeBytes, end - piece.at),
  }));
  return { ...state, pieces, superseded: [...state.superseded, ...dropped] };
}

/**
 * A state that goes on from a sealed object: its whole parts are to be copied, the rest is read from it.
 * Pieces of the earlier state that lie behind its end are kept.
 */
export function continuing(
  state: S3LiveState,
  { etag, sizeBytes }: StoredObject,
  partBytes: number,
): S3LiveState {
  const { headerBytes } = state;
  const behind = state.pieces.flatMap((piece) => {
    const skipped = Math.max(0, sizeBytes - piece.at);
    if (skipped >= piece.sizeBytes || piece.name === null) return [];
    const rest = { at: piece.at + skipped, from: piece.from + skipped };
    return [{ ...piece, ...rest, sizeBytes: piece.sizeBytes - skipped }];
  });
  const sealed = { at: headerBytes, from: headerBytes, sizeBytes: sizeBytes - headerBytes };
  return {
    ...emptyState(headerBytes, partBytes),
    base: { etag, sizeBytes },
    pieces: [{ ...sealed, name: null }, ...behind],
    parts: Array.from({ length: Math.max(0, Math.floor(sizeBytes / partBytes) - 1) }, () => null),
  };
}

/** Every object that belongs to the live recording alone. */
export function ownObjects(state: S3LiveState): string[] {
  const header = state.header === null ? [] : [state.header];
  return [...new Set([...namesOf(state.pieces), ...header, ...state.superseded])];
}

function namesOf(pieces: readonly Piece[]): string[] {
  return pieces.flatMap(({ name }) => (name === null ? [] : [name]));
}

/** The pieces, or parts of them, that hold the bytes from `start` to before `end`; null when some are missing. */
export function piecesOf(
  state: Pick<S3LiveState, "pieces">,
  start: number,
  end: number,
): Piece[] | null {
  const found: Piece[] = [];
  let at = start;
  for (const piece of state.pieces) {
    if (endOfPiece(piece) <= at || piece.at >= end) continue;
    if (piece.at > at) return null;
    const skipped = at - piece.at;
    const sizeBytes = Math.min(endOfPiece(piece), end) - at;
    found.push({ ...piece, at, sizeBytes, from: piece.from + skipped });
    at += sizeBytes;
  }
  return at >= end ? found : null;
}
