import type { Readable } from "node:stream";

/**
 * Keeps the bytes of recordings. It knows keys and positions; it does not know users, states, WebM
 * or who may read what, and it never decides that something is to be deleted.
 *
 * A recording being made is a **live** object: a fixed-size header region that may be rewritten, and
 * a body that only grows. Sealing turns it into a finished object with the same key.
 *
 * What a live object consists of is said by its state alone, which the recording's row keeps. Whatever
 * an earlier state needs stays in place until a later one is known to be saved: a process may die
 * between the two, and its successor goes on from the earlier one.
 */
export interface RecordingStore {
  readonly backend: "local" | "s3";

  /**
   * Resolves when recordings can be written now.
   * @throws AppError `unavailable` or `insufficient_storage`, with advice for an operator
   */
  checkWritable(): Promise<void>;

  /** Bytes that may still be written; null where storage has no end of its own. @throws AppError `unavailable` */
  freeBytes(): Promise<number | null>;

  /** Makes an empty live object. Harmless when it exists. Returns what later calls need. */
  begin(key: string, headerBytes: number): Promise<StorageState>;

  /**
   * Opens the live object for bytes from `position` of the file on; bytes already there are overwritten.
   * @throws AppError `recording_closed` when it is sealed, `not_found` when it or bytes before `position` are gone
   */
  openAppend(live: LiveObject, position: number): Promise<AppendSink>;

  /**
   * Bytes of a live object, `start` up to and including `end`: of its header and of everything behind its
   * last whole block. What is in between may not be readable before the seal. @throws AppError `not_found`
   */
  readLive(live: LiveObject, range: ByteRange): Promise<Readable>;

  /**
   * Writes the final header, cuts the file after `endPosition`, makes it durable and gives it its
   * final name. Sealing a sealed object again with the same arguments changes nothing. What it returns was
   * looked at in storage, and ends at `endPosition`.
   *
   * `keep` is asked before each step that would harm what somebody else has made of the object meanwhile, and
   * rejects when somebody may have: a process that slept wakes up in the middle.
   * @throws AppError `not_found` when the object or bytes before `endPosition` are gone, `unavailable` when
   *   what is there is longer; and what `keep` rejects with
   */
  seal(
    live: LiveObject,
    header: Uint8Array,
    endPosition: number,
    keep?: () => Promise<void>,
  ): Promise<SealedObject>;

  /** Removes what a sealed object was made of. To be called once its row says that it is sealed. */
  tidy(live: LiveObject): Promise<void>;

  /** Turns a sealed object back into a live one with the same bytes, to go on appending. Harmless when it is live. */
  reopen(live: LiveObject): Promise<StorageState>;

  /** Size and entity tag of a finished object; null when there is none. */
  stat(key: string): Promise<StoredObject | null>;

  /** Bytes `start` up to and including `end` of a finished object. @throws AppError `not_found` */
  read(key: string, range?: ByteRange): Promise<Readable>;

  /**
   * An address at which anybody may read a finished object for the next hours, without us; null where
   * the bytes are to be had through us only.
   */
  linkTo(key: string, as: Presentation): Promise<string | null>;

  /** The origin of every address that `linkTo` gives; null where it gives none. */
  linkOrigin(): Promise<string | null>;

  /** Stores a small whole object, such as a poster, beside recordings. */
  put(key: string, bytes: Uint8Array): Promise<void>;

  /** Removes the object in whatever form it exists. Harmless when it is gone. */
  delete(key: string): Promise<void>;

  /**
   * Removes many finished objects, each with whatever its state names, in as few calls as the backend takes.
   * Harmless for those that are gone. Returns those that are still there. @throws AppError `unavailable`
   */
  deleteMany(objects: readonly LiveObject[]): Promise<readonly NotDeleted[]>;

  /**
   * Everything the store holds, in the order of the keys where the backend keeps one; flat in memory. What
   * comes or goes meanwhile may be among it or not. @throws AppError `unavailable`
   */
  list(): AsyncIterable<StoredItem>;

  /** Whether an item is still there, as it was listed. */
  holds(item: StoredItem): Promise<boolean>;

  /**
   * Whether everything is there that the live object is to be sealed from, up to `endPosition` at least;
   * true also when it has been sealed.
   */
  hasLive(live: LiveObject, endPosition: number): Promise<boolean>;

  /** Whether the live object consists of this, among other things. */
  needs(live: LiveObject, remnant: Remnant): boolean;

  /** Removes one remnant as it was listed; false when it is gone or has changed since. */
  removeRemnant(remnant: Remnant): Promise<boolean>;
}

/** JSON that only the backend understands; saved in the recording's row with the offset it belongs to. */
export type StorageState = JsonValue;
export type JsonValue =
  null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

export interface LiveObject {
  readonly key: string;
  readonly state: StorageState;
}

export interface NotDeleted {
  readonly key: string;
  /** What the backend calls it, such as `EACCES` or `AccessDenied`. */
  readonly reason: string;
}

export interface ByteRange {
  readonly start: number;
  /** Inclusive, as in HTTP. */
  readonly end: number;
}

/** How a browser is to take a file that it reads without us. */
export interface Presentation {
  readonly contentType: string;
  /** A `Content-Disposition` value. */
  readonly disposition: string;
}

export interface StoredObject {
  readonly sizeBytes: number;
  /** A strong entity tag, quoted, that changes whenever the bytes do. */
  readonly etag: string;
  readonly modifiedAt: Date;
}

export type SealedObject = StoredObject;

/** One thing that a store holds, as `list` finds it. Nothing of `foreign` form was made by the product. */
export type StoredItem =
  | Remnant
  | (ListedItem & { readonly form: "finished"; readonly key: string })
  | (ListedItem & { readonly form: "foreign" });

/**
 * What an object is or was made from, and what a process that died left of its own: the only things that
 * can be removed one by one.
 */
export type Remnant = ListedItem &
  (
    | { readonly form: "unfinished"; readonly key: string }
    /** A multipart upload that is neither completed nor aborted. */
    | { readonly form: "upload"; readonly key: string; readonly uploadId: string }
    /** Written on the way to a `put` of the key. No state ever names it. */
    | { readonly form: "temporary"; readonly key: string }
    /** Written by `checkWritable`. */
    | { readonly form: "probe" }
  );

interface ListedItem {
  /** Where it is, in the backend's own words. */
  readonly name: string;
  /** Null where the backend does not tell. */
  readonly sizeBytes: number | null;
  /** When it was last written; of an upload: begun. */
  readonly modifiedAt: Date;
}

/** One append. Exactly one of `commit` and `abort` ends it. */
export interface AppendSink {
  /**
   * Takes the next bytes; resolves when more may come (back-pressure), and is null when they may at once. The
   * caller must not change them afterwards. `blockEnd` is the file position after the last whole block so far, these bytes included:
   * the object will never be cut before it.
   */
  write(bytes: Uint8Array, blockEnd: number): Promise<void> | null;
  /** Rewrites the reserved header region of the live object as part of this append. */
  writeHeader(header: Uint8Array): Promise<void>;
  /** Makes everything written durable. Returns the state to save with the new offset. */
  commit(): Promise<StorageState>;
  /** Forgets what was written; bytes before `position` are untouched. */
  abort(): Promise<void>;
}
