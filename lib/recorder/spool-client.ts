import { CannotRecordError } from "./cannot-record-error";
import type { SpoolLabel } from "./spool-label";
import type {
  Appended,
  SpoolCall,
  SpoolRequest,
  SpoolResponse,
  SpoolResult,
  SpoolResults,
} from "./spool-protocol";

const WORKER_GONE =
  "The part of the recorder that works in the background could not run. Reload the page and record again.";

type ResultOf<C extends SpoolCall> = SpoolResults[C["call"]];

interface Waiting {
  readonly resolve: (result: SpoolResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The page's end of the spool: each recording's bytes are kept by a worker of its own, because only a worker may
 * write to disk synchronously. One client serves one recording; it is ready before the recording has an id.
 */
export class SpoolClient {
  private readonly worker = new Worker(new URL("./spool-worker.ts", import.meta.url), {
    type: "module",
  });
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private isBroken = false;

  constructor() {
    this.worker.addEventListener("message", (event: MessageEvent<SpoolResponse>) => {
      this.settle(event.data);
    });
    this.worker.addEventListener("error", () => this.failAll());
  }

  /** Makes the recording's file, and holds its lock until `close` or `remove`. */
  open(label: SpoolLabel): Promise<SpoolResults["open"]> {
    return this.ask({ call: "open", label });
  }

  /** Resolves once the chunk is durable. Chunks keep the order of the calls. */
  append(chunk: Blob): Promise<Appended> {
    return this.ask({ call: "append", chunk });
  }

  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.ask({ call: "read", position, length });
  }

  /** The bytes below `position` are safe on the server. */
  async release(position: number): Promise<void> {
    await this.ask({ call: "release", position });
  }

  /** Ends the worker and leaves the bytes for a later page load. */
  async close(): Promise<void> {
    await this.ask({ call: "close" }).catch(() => null);
    this.worker.terminate();
  }

  /** Ends the worker and deletes the bytes: only once the server has them all. */
  async remove(): Promise<void> {
    await this.ask({ call: "remove" }).catch(() => null);
    this.worker.terminate();
  }

  private ask<C extends SpoolCall>(call: C): Promise<ResultOf<C>> {
    if (this.isBroken) return Promise.reject(new CannotRecordError(WORKER_GONE));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      // The worker answers each call with that call's result: see SpoolResults.
      this.waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
      this.worker.postMessage({ id, call } satisfies SpoolRequest);
    });
  }

  private settle(response: SpoolResponse): void {
    const waiting = this.waiting.get(response.id);
    this.waiting.delete(response.id);
    if (response.ok) waiting?.resolve(response.result);
    else waiting?.reject(new Error(response.message));
  }

  private failAll(): void {
    this.isBroken = true;
    const error = new CannotRecordError(WORKER_GONE);
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
