import { randomUUID } from "node:crypto";
import type { AppendSink, StorageState } from "./recording-store";
import type { S3Bucket, Upload } from "./s3-bucket";
import { bodyFrom } from "./s3-bytes";
import { withoutFirst } from "./byte-chunks";
import {
  endOf,
  extentOfPart,
  mergeStart,
  nextPartNumber,
  type S3LiveState,
  withPart,
  withPiece,
} from "./s3-live-state";

/** What gathers in memory at most, before it goes out as a piece where it cannot go out as a part. */
const SPILL_BYTES = 16 * 1024 * 1024;
/** Pieces are not merged beyond this size. */
const MERGE_BYTES = 8 * 1024 * 1024;
/** S3 takes 10,000 parts; the last one is made at the seal, of all the rest. */
const MAX_PARTS = 9_999;

/** Bytes to send, with their position in the file. */
interface Batch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Appends to a live recording in the bucket. Bytes gather in memory; whole parts go out as they fill,
 * one at a time, and `commit` puts what is left into a piece, together with small pieces before it.
 *
 * Nothing that the given state names is removed or overwritten, except a part of an attempt that was
 * lost, and that by the same bytes: the extents of parts do not depend on who sends what when.
 */
export class S3AppendSink implements AppendSink {
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  /** Where the gathered bytes begin. */
  private position: number;
  /** What is on its way, one thing after the other. */
  private sending: Promise<void> = Promise.resolve();
  private partNumber: number;
  private upload: Upload | null;
  private readonly made: string[] = [];
  private hasMadeUpload = false;

  /** `disposable`: objects that only the state before the given one needed. */
  constructor(
    private readonly bucket: S3Bucket,
    private readonly key: string,
    private state: S3LiveState,
    private readonly disposable: readonly string[],
  ) {
    this.position = endOf(state);
    this.partNumber = nextPartNumber(state);
    this.upload = state.uploadId === null ? null : { name: key, id: state.uploadId };
  }

  async write(bytes: Uint8Array, blockEnd: number): Promise<void> {
    this.gathered.push(bytes);
    this.gatheredBytes += bytes.byteLength;
    for (
      let { end } = extentOfPart(this.state, this.partNumber);
      blockEnd >= end && this.partNumber <= MAX_PARTS;
      end += this.state.partBytes
    ) {
      await this.sendPart(this.partNumber++);
    }
    if (this.gatheredBytes >= SPILL_BYTES) await this.send((batch) => this.putPiece(batch));
  }

  async writeHeader(header: Uint8Array): Promise<void> {
    const { header: earlier, superseded } = this.state;
    const name = await this.putObject("header", header);
    this.state = {
      ...this.state,
      header: name,
      superseded: earlier === null ? superseded : [...superseded, earlier],
    };
  }

  async commit(): Promise<StorageState> {
    try {
      const remove = this.bucket.remove(this.disposable);
      const left = remove.then(
        () => [],
        // Not now, then: they stay on the list.
        () => this.disposable,
      );
      if (this.gatheredBytes > 0) await this.send((batch) => this.putMerged(batch));
      await this.sending;
      return { ...this.state, superseded: [...this.state.superseded, ...(await left)] };
    } catch (error) {
      await this.discard();
      throw error;
    }
  }

  async abort(): Promise<void> {
    this.gathered = [];
    await this.sending.catch(() => undefined);
    await this.discard();
  }

  private async sendPart(number: number): Promise<void> {
    const { start, end } = extentOfPart(this.state, number);
    // Part 1 waits in pieces for its header; what is gathered of it is for them.
    if (this.position < start) {
      await this.send((batch) => this.putPiece(batch), start - this.position);
    }
    const gatheredOfIt = Math.max(0, end - this.position);
    await this.send((batch) => this.putPart(number, batch), gatheredOfIt);
  }

  /** Sends gathered bytes, all or so many, once what is on its way has arrived. */
  private async send(
    put: (batch: Batch) => Promise<void>,
    sizeBytes = this.gatheredBytes,
  ): Promise<void> {
    await this.sending;
    this.sending = put({ at: this.position, bytes: this.take(sizeBytes) });
    // Whoever awaits `sending` next hears of a failure; until then it is not "unhandled".
    this.sending.catch(() => undefined);
  }

  /** Takes gathered bytes out of the front. */
  private take(sizeBytes: number): Uint8Array {
    const taken = Buffer.concat(this.gathered, sizeBytes);
    this.gathered = withoutFirst(this.gathered, sizeBytes);
    this.gatheredBytes -= sizeBytes;
    this.position += sizeBytes;
    return taken;
  }

  private async putPart(number: number, { at, bytes }: Batch): Promise<void> {
    const { start, end } = extentOfPart(this.state, number);
    const upload = (this.upload ??= await this.createUpload());
    const body = await bodyFrom(this.source, start, Math.min(at, end), { behind: bytes });
    const etag = await this.bucket.putPart(upload, number, body);
    this.state = withPart(this.state, upload.id, etag);
  }

  /** With the small pieces before it, so that many tiny appends leave few objects. */
  private async putMerged({ at, bytes }: Batch): Promise<void> {
    const start = mergeStart(this.state, bytes.byteLength, MERGE_BYTES);
    const body = await bodyFrom(this.source, start, at, { behind: bytes });
    await this.putPiece({ at: start, bytes: body.bytes as Uint8Array });
  }

  private async putPiece({ at, bytes }: Batch): Promise<void> {
    const name = await this.putObject(String(at), bytes);
    const sizeBytes = bytes.byteLength;
    this.state = withPiece(this.state, { at, sizeBytes, name, from: 0 });
  }

  /** A name never used before: whatever a lost attempt still does, it cannot touch this object. */
  private async putObject(what: string, bytes: Uint8Array): Promise<string> {
    const name = `${this.key}.part/${what}-${randomUUID()}`;
    this.made.push(name);
    await this.bucket.put(name, { bytes, sizeBytes: bytes.byteLength });
    return name;
  }

  private async createUpload(): Promise<Upload> {
    this.hasMadeUpload = true;
    return this.bucket.createUpload(this.key);
  }

  /** Takes back what no state will name. Best effort: what stays harms nobody. */
  private async discard(): Promise<void> {
    const { upload } = this;
    await this.bucket.remove(this.made).catch(() => undefined);
    if (this.hasMadeUpload && upload !== null) {
      await this.bucket.abort(upload).catch(() => undefined);
    }
  }

  private get source() {
    return { bucket: this.bucket, key: this.key, state: this.state };
  }
}
