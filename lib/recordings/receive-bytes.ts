import type { Readable } from "node:stream";
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
    const storageState = await receiver.commit();
    const { format, sourceBytes, hasMedia, blockEnd } = receiver.indexer;
    return {
      uploadOffset: sourceBytes,
      uploadLength: announced,
      truncated: hasMore && sourceBytes >= maxSizeBytes,
      tailRestored: receiver.hasWritten,
      format,
      sizeBytes: hasMedia ? blockEnd : 0,
      indexState: receiver.indexer.save(),
      storageState,
    };
  } catch (error) {
    await receiver.abort();
    throw error;
  }
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

  get hasWritten(): boolean {
    return this.sink !== null;
  }

  async take(chunk: Uint8Array): Promise<void> {
    const { bodyEnd: position, hasMedia: hadMedia } = this.indexer;
    const bytes = this.indexer.feed(chunk);
    if (bytes.byteLength === 0) return;
    await this.holder.keep();
    this.sink ??= await this.open(position);
    const { sink } = this;
    await this.holder.keepDuring(() => sink.write(bytes, this.indexer.blockEnd));
    // From now on the file plays as it is, whatever happens to the server.
    if (!hadMedia && this.indexer.hasMedia) await sink.writeHeader(this.indexer.liveHeader());
  }

  async commit(): Promise<StorageState> {
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
