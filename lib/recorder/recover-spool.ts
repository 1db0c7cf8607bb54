import { CannotRecordError } from "./cannot-record-error";
import type { Clock } from "./clock";
import type { SavedRecording } from "./confirm-saved";
import type { KeptSpool } from "./kept-spools";
import type { Link } from "./recorder-state";
import { ApiError, getRecording, postStop, type RecordingOnServer } from "./recording-api";
import { untilItPasses } from "./retry";
import { saveRest } from "./save-rest";
import { Signal } from "./signal";
import { Uploader } from "./uploader";

/** How far a recovery is. */
export interface Recovering {
  readonly appName: string;
  /** What the server has, and all there is; null until it has told. */
  readonly progress: { readonly safeBytes: number; readonly totalBytes: number } | null;
  readonly link: Link;
}

/** What became of a spool. Only the first two need it no more. */
export type Recovered =
  /** The server has made the recording ready with every byte of it. */
  | { readonly kind: "saved"; readonly truncated: boolean }
  /** There was nothing to send: no bytes, or all of them had been sealed before. */
  | { readonly kind: "settled" }
  /** It is somebody else's. */
  | { readonly kind: "foreign" }
  /** The server does not know the recording. Without a label nobody knows whose it is. */
  | { readonly kind: "gone"; readonly isOurs: boolean }
  | { readonly kind: "failed"; readonly reason: string };

export interface RecoverOptions {
  /** Who is signed in to this page. */
  readonly userId: string;
  readonly limitBytes: number;
  readonly clock: Clock;
  /** Called only for what is the user's own and not yet saved, as far as is known. */
  readonly report: (recovering: Recovering) => void;
}

/**
 * Brings what an earlier page left to the server and waits until it is sealed there. Tries again for as long as
 * the server is away or nobody is signed in. To be used under the spool's lock; it deletes nothing.
 */
export class SpoolRecovery {
  private readonly wakeUp = new Signal();
  private appName: string;
  private progress: Recovering["progress"] = null;
  private uploader: Uploader | null = null;

  constructor(
    private readonly spool: KeptSpool,
    private readonly options: RecoverOptions,
  ) {
    this.appName = spool.label?.appName ?? "";
  }

  /** Never rejects. */
  async run(): Promise<Recovered> {
    const { label } = this.spool;
    if (label !== null && label.userId !== this.options.userId) return { kind: "foreign" };
    try {
      return await this.bring();
    } catch (error) {
      // Deleted, or signed in as somebody else, while it was being sent?
      const asked = await this.ask().catch(() => null);
      if (asked !== null && asked.kind !== "ours") return asked;
      return { kind: "failed", reason: sentenceOf(error) };
    }
  }

  /** The network or the user is back: tries again now. */
  wake(): void {
    this.uploader?.wake();
    this.wakeUp.ring();
  }

  private async bring(): Promise<Recovered> {
    const asked = await this.ask();
    if (asked.kind !== "ours") return asked;
    const { recording } = asked;
    // A power cut may take from the disk what had been sent: then the server has more than we do.
    const totalBytes = Math.max(this.spool.stream.size, recording.upload_offset);
    if (isSaved(recording, totalBytes)) return { kind: "settled" };
    if (totalBytes === 0) {
      // So that it need not be taken for abandoned first.
      await postStop(recording.session_id, this.spool.recordingId, 0).catch(() => undefined);
      return { kind: "settled" };
    }
    this.appName = recording.app_name;
    this.absorb(recording.upload_offset, totalBytes);
    const { truncated } = await this.send(recording.session_id, totalBytes);
    return { kind: "saved", truncated };
  }

  /** What the server knows of the recording. @throws ApiError */
  private async ask(): Promise<Asked> {
    const { recordingId, stream, label } = this.spool;
    try {
      const recording = await this.retry(() => getRecording(recordingId));
      const isOurs = recording.user_id === this.options.userId;
      return isOurs ? { kind: "ours", recording } : { kind: "foreign" };
    } catch (error) {
      const status = error instanceof ApiError ? error.status : null;
      if (status === 403) return { kind: "foreign" };
      if (status !== 404) throw error;
      return stream.size === 0 ? { kind: "settled" } : { kind: "gone", isOurs: label !== null };
    }
  }

  private async send(sessionId: string, totalBytes: number): Promise<SavedRecording> {
    const { recordingId, stream, label } = this.spool;
    const { clock, limitBytes } = this.options;
    const uploader = new Uploader({
      uploadUrl: label?.uploadUrl ?? `/api/recordings/${recordingId}/upload`,
      limitBytes,
      offset: null,
      clock,
      read: (offset, length) => readSlice(stream, offset, length),
      onAcknowledged: (safeBytes) => this.absorb(safeBytes, totalBytes),
      onLink: (link) => this.say(link),
      // Nothing is made here that could be made smaller.
      onRoom: () => undefined,
    });
    this.uploader = uploader;
    const retry = <T>(task: () => Promise<T>) => this.retry(task);
    return saveRest({ recordingId, sessionId, uploader, totalBytes, limitBytes, clock, retry });
  }

  private retry<T>(task: () => Promise<T>): Promise<T> {
    const { clock } = this.options;
    return untilItPasses(task, { clock, wake: this.wakeUp, onLink: (link) => this.say(link) });
  }

  private absorb(safeBytes: number, totalBytes: number): void {
    this.progress = { safeBytes, totalBytes };
    this.say({ state: "online" });
  }

  private say(link: Link): void {
    // Whose it is must be known before anything is said of it.
    if (this.progress === null && this.spool.label === null) return;
    this.options.report({ appName: this.appName, progress: this.progress, link });
  }
}

type Asked =
  | { readonly kind: "ours"; readonly recording: RecordingOnServer }
  | Extract<Recovered, { kind: "settled" | "foreign" | "gone" }>;

function isSaved(recording: RecordingOnServer, totalBytes: number): boolean {
  if (recording.status !== "ready") return false;
  return recording.truncated || recording.upload_offset === totalBytes;
}

/** @throws when not all of them are there */
async function readSlice(
  stream: Blob,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await stream.slice(offset, offset + length).arrayBuffer());
  if (bytes.byteLength < length) throw new RangeError(`${length} bytes at ${offset} are missing.`);
  return bytes;
}

function sentenceOf(error: unknown): string {
  if (error instanceof ApiError || error instanceof CannotRecordError) return error.message;
  const detail = error instanceof Error ? error.message : String(error);
  return `This browser could not send what it keeps (${detail}). Reload the page to try again.`;
}
