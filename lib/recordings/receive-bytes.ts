import type { Readable } from "node:stream";
import { AppError } from "@/lib/errors/app-error";
import { noMedia } from "@/lib/media/media-error";
import type { MediaIndexer } from "@/lib/media/media-indexer";
import type { AppendSink, RecordingStore, StorageState } from "@/lib/storage/recording-store";
import type { AppendTurn } from "./append-registry";
import { arrivingBytes } from "./arriving-bytes";
import type { ClaimHolder } from "./claim-holder";
import type { Appended } from "./recording-claim";
import { restoreIndexer } from "./restore-indexer";

interface ReceiveDeps {
  readonly store: RecordingStore;
  readonly config: { readonly recording: { readonly maxSizeBytes: number } };
}

interface Incoming {
  readonly uploadLength: number | null;
  readonly body: Readable;
}

/**
 * Takes one request's bytes to the store under a claim, and makes them durable. Takes no more than
 * the announced length or the size limit. @throws MediaError, AppError
 */
export async function receiveBytes(
  { store, config }: ReceiveDeps,
  holder: ClaimHolder,
  turn: AppendTurn,
  { body, uploadLength: announced }: Incoming,
): Promise<Appended> {
  const { maxSizeBytes } = config.recording;
  const uploadLength = holder.claim.uploadLength ?? announced;
  const limit = Math.min(maxSizeBytes, uploadLength ?? maxSizeBytes);
  const receiver = new Receiver(store, holder);
  let hasMore = false;
  try {
    for await (const chunk of arrivingBytes(body, turn)) {
      turn.progress();
      const room = limit - receiver.indexer.sourceBytes;
      hasMore = chunk.byteLength > room;
      await receiver.take(hasMore ? chunk.subarray(0, room) : chunk);
      if (hasMore) break;
    }
    const truncated = hasMore && receiver.indexer.sourceBytes >= maxSizeBytes;
    return { ...(await receiver.commit()), uploadLength: announced, truncated };
  } catch (error) {
    await receiver.abort();
    throw error;
  }
}

/**
 * Takes a whole recording to the store under a claim at its first byte, and makes it durable. When it
 * does not come to its end, is too large or holds nothing, what was written is forgotten.
 * @throws MediaError, AppError `bad_request`, `too_large`
 */
export async function receiveWhole(
  { store, config }: ReceiveDeps,
  holder: ClaimHolder,
  turn: AppendTurn,
  file: Readable,
): Promise<Appended> {
  const { maxSizeBytes } = config.recording;
  const receiver = new Receiver(store, holder);
  try {
    for await (const chunk of arrivingBytes(file, turn)) {
      turn.progress();
      if (receiver.indexer.sourceBytes + chunk.byteLength > maxSizeBytes)
        throw tooLarge(maxSizeBytes);
      await receiver.take(chunk);
    }
    const { sourceBytes, hasMedia } = receiver.indexer;
    if (!file.readableEnded) throw brokeOff();
    if (!hasMedia) throw noMedia();
    refuseOtherLength(holder.claim.uploadLength, sourceBytes);
    return { ...(await receiver.commit()), uploadLength: sourceBytes, truncated: false };
  } catch (error) {
    await receiver.abort();
    throw error;
  }
}

function tooLarge(maxSizeBytes: number): AppError {
  return new AppError(
    "too_large",
    `A recording may have ${Math.floor(maxSizeBytes / 2 ** 20)} MiB at most. Nothing was kept of this one; ask an administrator for a higher limit.`,
  );
}

function brokeOff(): AppError {
  return new AppError(
    "bad_request",
    "The file broke off or did not go on. Nothing was kept of it; send it again.",
  );
}

function refuseOtherLength(announced: number | null, sourceBytes: number): void {
  if (announced === null || announced === sourceBytes) return;
  throw new AppError(
    "bad_request",
    `The file has ${sourceBytes} bytes, but ${announced} were announced when the recording was stopped. Send the whole file.`,
  );
}

/** The indexer and the store's sink, which is opened when there is something to write. */
class Receiver {
  readonly indexer: MediaIndexer;
  private sink: AppendSink | null = null;
  private isCommitting = false;

  constructor(
    private readonly store: RecordingStore,
    private readonly holder: ClaimHolder,
  ) {
    this.indexer = restoreIndexer(holder.claim);
  }

  private get hasWritten(): boolean {
    return this.sink !== null;
  }

  async take(chunk: Uint8Array): Promise<void> {
    const { bodyEnd: position, hasMedia: hadMedia } = this.indexer;
    const bytes = this.indexer.feed(chunk);
    if (bytes.byteLength === 0) return;
    await this.holder.keep();
    this.sink ??= await this.open(position);
    const { sink } = this;
    const written = sink.write(bytes, this.indexer.blockEnd);
    if (written !== null) await this.holder.keepDuring(() => written);
    // From now on the file plays as it is, whatever happens to the server.
    if (!hadMedia && this.indexer.hasMedia) await sink.writeHeader(this.indexer.liveHeader());
  }

  /** Makes everything durable; returns what the row is to say of it. */
  async commit(): Promise<Omit<Appended, "uploadLength" | "truncated">> {
    const storageState = await this.commitSink();
    const { format, sourceBytes, hasMedia, blockEnd } = this.indexer;
    return {
      uploadOffset: sourceBytes,
      tailRestored: this.hasWritten,
      format,
      sizeBytes: hasMedia ? blockEnd : 0,
      indexState: this.indexer.save(),
      storageState,
    };
  }

  private async commitSink(): Promise<StorageState> {
    const { sink } = this;
    if (sink === null) return this.holder.claim.storageState;
    await this.holder.keep();
    this.isCommitting = true;
    return this.holder.keepDuring(() => sink.commit());
  }

  async abort(): Promise<void> {
    if (!this.isCommitting) await this.sink?.abort();
  }

  private async open(position: number): Promise<AppendSink> {
    const { storageKey: key, storageState: state, resumeTail } = this.holder.claim;
    if (resumeTail === null) return this.store.openAppend({ key, state }, position);
    const live = { key, state: await this.store.reopen({ key, state }) };
    const blockEnd = position - resumeTail.byteLength;
    const sink = await this.store.openAppend(live, blockEnd);
    await sink.write(resumeTail, blockEnd);
    return sink;
  }
}
