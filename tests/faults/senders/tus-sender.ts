import { setTimeout as delay } from "node:timers/promises";
import { isPolite, Ledger } from "./ledger";

const RETRY_MS = 250;
const LONGEST_WAIT_MS = 1_000;
const GATHER_MS = 300;
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 3_000;

export interface TusSenderOptions {
  readonly url: string;
  readonly cookie: string;
  readonly recordingId: string;
  readonly source: Uint8Array;
  /** How long the stream grows until it is whole. */
  readonly recordMs: number;
}

type Outcome = "on" | "again";

/**
 * A tus 1.0.0 client as anybody might write one: it keeps its bytes until they are acknowledged, asks for the
 * offset after every failure, and sends a stream that is still growing.
 */
export class TusSender {
  readonly ledger: Ledger;
  /** Null when only the server knows. */
  private offset: number | null = 0;
  private lengthAnnounced = false;
  private grownSince = performance.now();
  private life = new AbortController();

  constructor(private readonly options: TusSenderOptions) {
    const { recordingId, source } = options;
    this.ledger = new Ledger(
      recordingId,
      () => source,
      () => source.length,
    );
  }

  /** Whether the server said that it has everything. */
  get isDone(): boolean {
    return this.lengthAnnounced && this.ledger.acknowledgedBytes === this.options.source.length;
  }

  /** Resolves when everything is on the server, or when the sender was killed. */
  async send(): Promise<void> {
    while (!this.life.signal.aborted && !this.isDone) {
      if ((await this.step()) === "again") await this.pause(RETRY_MS);
    }
  }

  kill(): void {
    this.life.abort();
  }

  /** With its whole source, and no idea of what arrived. */
  async comeBack(): Promise<void> {
    this.life = new AbortController();
    this.offset = null;
    this.lengthAnnounced = false;
    this.grownSince = -Infinity;
    await this.send();
  }

  private async step(): Promise<Outcome> {
    if (this.offset === null) return this.ask("HEAD", {});
    const { source, recordMs } = this.options;
    const share = Math.min(1, (performance.now() - this.grownSince) / recordMs);
    const end = Math.min(Math.floor(source.length * share), this.offset + MAX_REQUEST_BYTES);
    if (share < 1 && end <= this.offset) {
      await this.pause(GATHER_MS);
      return "on";
    }
    const isLast = end === source.length;
    const outcome = await this.ask("PATCH", {
      body: source.slice(this.offset, end),
      headers: {
        "content-type": "application/offset+octet-stream",
        "upload-offset": String(this.offset),
        ...(isLast ? { "upload-length": String(end) } : {}),
      },
    });
    if (outcome === "on" && !isLast) await this.pause(GATHER_MS);
    return outcome;
  }

  private async ask(
    method: "HEAD" | "PATCH",
    init: { readonly body?: Uint8Array<ArrayBuffer>; readonly headers?: Record<string, string> },
  ): Promise<Outcome> {
    const { url, cookie, recordingId } = this.options;
    this.offset = null;
    try {
      const response = await fetch(`${url}/api/recordings/${recordingId}/upload`, {
        ...init,
        method,
        headers: { "tus-resumable": "1.0.0", cookie, ...init.headers },
        signal: AbortSignal.any([this.life.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      });
      return await this.absorb(method, response);
    } catch {
      // No answer: what arrived, only the server knows.
      return "again";
    }
  }

  private async absorb(method: "HEAD" | "PATCH", response: Response): Promise<Outcome> {
    const { status, headers } = response;
    const words = await response.text();
    if (status === 200 || status === 204) {
      this.offset = Number(headers.get("upload-offset"));
      this.ledger.acknowledge(this.offset);
      if (method === "HEAD") this.lengthAnnounced = headers.has("upload-length");
      else this.lengthAnnounced ||= this.offset === this.options.source.length;
      return "on";
    }
    if (!isPolite(status)) this.ledger.noteRudeAnswer(method, status, words);
    const askedMs = Number(headers.get("retry-after") ?? 0) * 1000;
    await this.pause(Math.min(LONGEST_WAIT_MS, askedMs));
    return status === 409 ? "on" : "again";
  }

  private async pause(durationMs: number): Promise<void> {
    await delay(durationMs, undefined, { signal: this.life.signal }).catch(() => undefined);
  }
}
