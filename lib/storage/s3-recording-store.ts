import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { AppError } from "@/lib/errors/app-error";
import { inTime } from "@/lib/errors/in-time";
import type {
  AppendSink,
  ByteRange,
  LiveObject,
  NotDeleted,
  Presentation,
  RecordingStore,
  Remnant,
  SealedObject,
  StorageState,
  StoredItem,
  StoredObject,
} from "./recording-store";
import { S3AppendSink } from "./s3-append-sink";
import { S3Bucket } from "./s3-bucket";
import { bodyFrom, streamObject } from "./s3-bytes";
import { createS3Client, type S3Config } from "./s3-client";
import { bytesMissing, unavailable } from "./s3-errors";
import {
  continuing,
  cutAt,
  emptyState,
  endOf,
  ownObjects,
  parseState,
  type S3LiveState,
} from "./s3-live-state";
import { linkOriginOf, presign } from "./s3-links";
import { sealInBucket } from "./s3-seal";
import { hasStayed, listBucket } from "./s3-listing";
import { checkedKey, newProbeName } from "./storage-key";

const MEBIBYTE = 1024 * 1024;
/** S3 wants 5 MiB at least of every part but the last. */
const MIN_PART_BYTES = 8 * MEBIBYTE;
/** Of the 10,000 that S3 allows: leaves room for the header and for a limit that is raised a little. */
const WANTED_PARTS = 9_000;
/** Probes wait 3 s: what is wrong should be told before. */
const CHECK_TIMEOUT_MS = 2_500;

/**
 * Keeps recordings in a bucket: a finished one is the object `<key>`; one being made is a multipart
 * upload of that object, and objects below `<key>.part/` for what cannot be a part yet. No byte of a
 * recording is kept on this machine, so any server can take the next ones.
 */
export class S3RecordingStore implements RecordingStore {
  readonly backend = "s3";
  private readonly client: S3Client;
  private readonly bucket: S3Bucket;
  private readonly partBytes: number;

  /** `maxSizeBytes`: the largest recording, by which the size of parts is chosen. */
  constructor(
    private readonly config: S3Config,
    maxSizeBytes: number,
  ) {
    this.client = createS3Client(config);
    this.bucket = new S3Bucket(this.client, config.bucket, config.prefix);
    const wantedMebibytes = Math.ceil(maxSizeBytes / WANTED_PARTS / MEBIBYTE);
    this.partBytes = Math.max(MIN_PART_BYTES, wantedMebibytes * MEBIBYTE);
  }

  async checkWritable(): Promise<void> {
    const name = newProbeName();
    const check = async () => {
      await this.bucket.put(name, { bytes: Buffer.from("ok"), sizeBytes: 2 });
      await this.bucket.remove([name]);
    };
    await inTime(check(), CHECK_TIMEOUT_MS, unanswered);
  }

  /** A bucket has no end. */
  freeBytes(): Promise<null> {
    return Promise.resolve(null);
  }

  begin(key: string, headerBytes: number): Promise<StorageState> {
    checkedKey(key);
    return Promise.resolve(emptyState(headerBytes, this.partBytes));
  }

  async openAppend({ key, state }: LiveObject, position: number): Promise<AppendSink> {
    const live = parseState(state);
    const found = await this.bucket.head(checkedKey(key));
    if (found !== null && found.etag !== live?.base?.etag) {
      throw new AppError("recording_closed", "This recording is finished; nothing can be added.");
    }
    // What the state before this one needed goes with the next commit; what this one needs, later.
    const cut = live === null ? null : cutAt({ ...live, superseded: [] }, position);
    if (live === null || cut === null) throw bytesMissing();
    return new S3AppendSink(this.bucket, key, cut, live.superseded);
  }

  async readLive({ key, state }: LiveObject, range: ByteRange): Promise<Readable> {
    const live = requireState(state);
    const { headerBytes, header } = live;
    const { start, end } = range;
    const source = { bucket: this.bucket, key: checkedKey(key), state: live };
    const body = await bodyFrom(
      source,
      Math.max(start, headerBytes),
      Math.max(end + 1, headerBytes),
      {
        before: await this.readHeader(header, start, Math.min(end + 1, headerBytes)),
      },
    );
    return body.bytes instanceof Readable ? body.bytes : Readable.from([body.bytes]);
  }

  async seal(
    live: LiveObject,
    header: Uint8Array,
    endPosition: number,
    keep = () => Promise.resolve(),
  ): Promise<SealedObject> {
    const state = requireState(live.state);
    const { bucket } = this;
    return sealInBucket({ bucket, key: checkedKey(live.key), state, header, endPosition, keep });
  }

  async tidy({ state }: LiveObject): Promise<void> {
    const live = parseState(state);
    if (live !== null) await this.bucket.remove(ownObjects(live));
  }

  async reopen({ key, state }: LiveObject): Promise<StorageState> {
    const live = requireState(state);
    const sealed = await this.bucket.head(checkedKey(key));
    if (sealed === null || sealed.etag === live.base?.etag) return live;
    return continuing(live, sealed, this.partBytes);
  }

  stat(key: string): Promise<StoredObject | null> {
    return this.bucket.head(checkedKey(key));
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const object = await this.bucket.head(checkedKey(key));
    if (object === null) throw bytesMissing();
    const whole = { start: 0, end: object.sizeBytes - 1 };
    return streamObject(this.bucket, key, object.etag, range ?? whole);
  }

  async linkTo(key: string, as: Presentation): Promise<string | null> {
    const { bucket, prefix, presigned } = this.config;
    if (!presigned) return null;
    return presign(this.client, { bucket, name: prefix + checkedKey(key) }, as);
  }

  async linkOrigin(): Promise<string | null> {
    return this.config.presigned ? linkOriginOf(this.config) : null;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.bucket.putWhole(checkedKey(key), bytes);
  }

  async delete(key: string): Promise<void> {
    const uploads = await this.bucket.listUploads(checkedKey(key));
    for (const upload of uploads) await this.bucket.abort(upload);
    await this.bucket.remove([...(await this.bucket.list(`${key}.part/`)), key]);
  }

  async deleteMany(objects: readonly LiveObject[]): Promise<readonly NotDeleted[]> {
    const keyByName = new Map<string, string>();
    for (const { key, state } of objects) {
      const live = parseState(state);
      const names = [checkedKey(key), ...(live === null ? [] : ownObjects(live))];
      for (const name of names) keyByName.set(name, key);
    }
    const kept = await this.bucket.removeEach([...keyByName.keys()]);
    const reasons = new Map(kept.map(({ name, reason }) => [keyByName.get(name) ?? name, reason]));
    return [...reasons].map(([key, reason]) => ({ key, reason }));
  }

  list(): AsyncIterable<StoredItem> {
    return listBucket(this.bucket);
  }

  holds(item: StoredItem): Promise<boolean> {
    return hasStayed(this.bucket, item);
  }

  async hasLive({ key, state }: LiveObject, endPosition: number): Promise<boolean> {
    const live = parseState(state);
    const found = await this.bucket.head(checkedKey(key));
    if (found !== null && found.etag !== live?.base?.etag) return true;
    if (live === null || endOf(live) < endPosition) return false;
    if (live.base !== null && found === null) return false;
    const present = new Set(await this.bucket.list(`${key}.part/`));
    if (!ownObjects({ ...live, superseded: [] }).every((name) => present.has(name))) return false;
    if (live.uploadId === null) return true;
    return (await this.bucket.listUploads(key)).some(({ id }) => id === live.uploadId);
  }

  needs({ key, state }: LiveObject, remnant: Remnant): boolean {
    const live = parseState(state);
    if (live === null) return false;
    if (remnant.form === "upload") return remnant.key === key && remnant.uploadId === live.uploadId;
    return ownObjects(live).includes(remnant.name);
  }

  async removeRemnant(remnant: Remnant): Promise<boolean> {
    if (!(await hasStayed(this.bucket, remnant))) return false;
    if (remnant.form !== "upload") await this.bucket.remove([remnant.name]);
    else await this.bucket.abort({ name: remnant.key, id: remnant.uploadId });
    return true;
  }

  /** The header as it is now: zeros until it is written. */
  private async readHeader(name: string | null, start: number, end: number): Promise<Uint8Array> {
    if (start >= end) return new Uint8Array(0);
    return name === null
      ? new Uint8Array(end - start)
      : this.bucket.get(name, { start, end: end - 1 });
  }
}

function requireState(state: StorageState): S3LiveState {
  const live = parseState(state);
  if (live === null) throw bytesMissing();
  return live;
}

function unanswered(): AppError {
  return unavailable(
    "S3 does not answer in time: look at SORTIE_RECORDING_S3_ENDPOINT and SORTIE_RECORDING_S3_REGION, and at the network to it.",
  );
}
