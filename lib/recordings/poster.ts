import type { Readable } from "node:stream";
import type { Actor } from "@/lib/auth/permissions";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { hasDeletionBegun } from "@/lib/holds/begun-deletion";
import type { RecordingStore, StoredObject } from "@/lib/storage/recording-store";
import { getRecording, recordingNotFound } from "./get-recording";
import type { Recording } from "./recording-repository";
import { MAX_POSTER_BYTES } from "./recording-schema";

interface PosterDeps {
  readonly db: DatabaseOrTransaction;
  readonly store: RecordingStore;
}

const POSTER_SUFFIX = ".poster.webp";

/** Posters lie beside their recordings. */
export function posterKeyOf({ storageKey }: Pick<Recording, "storageKey">): string {
  return storageKey + POSTER_SUFFIX;
}

/** The recording's key, given that or its poster's. */
export function recordingKeyOf(key: string): string {
  return key.endsWith(POSTER_SUFFIX) ? key.slice(0, -POSTER_SUFFIX.length) : key;
}

/**
 * Keeps a still picture of the recording, replacing an earlier one.
 * @throws AppError `not_found`, `forbidden`, `too_large`, `unsupported_media_type`
 */
export async function putPoster(
  { db, store }: PosterDeps,
  actor: Actor,
  recordingId: string,
  image: Uint8Array,
): Promise<void> {
  const recording = await getRecording({ db }, actor, recordingId, "send");
  if (image.byteLength > MAX_POSTER_BYTES) {
    throw new AppError("too_large", `A poster may have ${MAX_POSTER_BYTES / 1024} KiB at most.`);
  }
  if (!isWebp(image)) {
    throw new AppError("unsupported_media_type", "A poster must be a WebP picture.");
  }
  const key = posterKeyOf(recording);
  await store.put(key, image);
  const { count } = await db.recording.updateMany({
    where: { id: recordingId },
    data: { hasPoster: true },
  });
  if (count === 1 && !(await hasDeletionBegun(db, recordingId))) return;
  // Its deletion has begun meanwhile: nothing of it may stay.
  await store.delete(key);
  throw recordingNotFound();
}

export interface OpenPoster {
  readonly file: StoredObject;
  readonly read: () => Promise<Readable>;
}

/** @throws AppError `not_found` also when there is no poster, `forbidden` */
export async function openPoster(
  { db, store }: PosterDeps,
  actor: Actor,
  recordingId: string,
): Promise<OpenPoster> {
  const recording = await getRecording({ db }, actor, recordingId, "play");
  const key = posterKeyOf(recording);
  const file = recording.hasPoster ? await store.stat(key) : null;
  if (file === null) throw new AppError("not_found", "This recording has no poster.");
  return { file, read: () => store.read(key) };
}

/** A RIFF file of type WEBP (RFC 9649 §2.4). */
function isWebp(bytes: Uint8Array): boolean {
  const ascii = (start: number) => String.fromCharCode(...bytes.subarray(start, start + 4));
  return ascii(0) === "RIFF" && ascii(8) === "WEBP";
}
