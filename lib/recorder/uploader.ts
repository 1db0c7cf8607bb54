import type { RoomLevel } from "@/lib/recordings/room-level";
import { type Backoff, exponentialBackoff } from "./backoff";
import type { Clock } from "./clock";
import type { Link } from "./recorder-state";
import { Signal } from "./signal";
import { readUploadReply, type UploadReply } from "./upload-reply";

const MEBIBYTE = 1024 * 1024;

/** How eagerly bytes are sent. */
export interface UploadPace {
  /** Unsent bytes wait at most this long… */
  readonly gatherMs: number;
  /** …or until there are this many of them. */
  readonly gatherBytes: number;
  readonly maxRequestBytes: number;
  /** A request that takes longer is given up; what the server kept of it counts. */
  readonly stallTimeoutMs: number;
  readonly backoff: Backoff;
}

export const UPLOAD_PACE: UploadPace = {
  gatherMs: 3_000,
  gatherBytes: MEBIBYTE,
  maxRequestBytes: 4 * MEBIBYTE,
  stallTimeoutMs: 30_000,
  backoff: exponentialBackoff,
};

/** Requests shrink on slow links and behind proxies with small limits, but never below this. */
const MIN_REQUEST_BYTES = 64 * 1024;

const HEAD_REQUEST: RequestInit = { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } };
const SPOOL_UNREADABLE =
  "This browser could not read back what it had kept. What is on the server is safe; start a new recording.";
const SERVER_AHEAD =
  "The server holds more of this recording than this tab recorded. Start a new one.";

/** How sending ended. */
export type UploadOutcome =
  /** Every byte is on the server and it knows that these are all. */
  | { readonly kind: "complete" }
  /** The size limit is reached: the server took `acknowledgedBytes` and no more. */
  | { readonly kind: "limit"; readonly acknowledgedBytes: number }
  /** The recording was closed without us, for instance because nothing arrived for too long. */
  | { readonly kind: "closed" }
  | { readonly kind: "refused"; readonly reason: string };

export interface UploaderOptions {
  readonly uploadUrl: string;
  /** No request crosses this size, so that a server that refuses whole requests keeps all up to it. */
  readonly limitBytes: number;
  /** Bytes of the spool from `offset`: exactly `length` of them, all of which are already there. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array<ArrayBuffer>>;
  /** How much of the spool the server holds already; null when only it knows. */
  readonly offset: number | null;
  readonly clock: Clock;
  readonly onAcknowledged: (bytes: number) => void;
  readonly onLink: (link: Link) => void;
  /** How much room the server has left, as it said with what it acknowledged last. */
  readonly onRoom: (room: RoomLevel) => void;
  readonly pace?: UploadPace;
}

type Request =
  | { readonly method: "HEAD" }
  | { readonly method: "PATCH"; readonly length: number; readonly announcesTotal: boolean };

/**
 * Sends a growing spool over tus 1.0.0 (core and creation-defer-length) until it is told the total, and never
 * gives up on anything that may pass. `outcome` settles once.
 */
export class Uploader {
  readonly outcome: Promise<UploadOutcome>;
  private readonly pace: UploadPace;
  private readonly grown = new Signal();
  private readonly retry = new Signal();
  private availableBytes = 0;
  private totalBytes: number | null = null;
  /** What the server holds; null when only it knows. */
  private offset: number | null;
  private totalAnnounced = false;
  private lastSentAt: number;
  private failures = 0;
  private requestBytes: number;
  private isOnline = true;

  constructor(private readonly options: UploaderOptions) {
    this.pace = options.pace ?? UPLOAD_PACE;
    this.offset = options.offset;
    this.requestBytes = this.pace.maxRequestBytes;
    this.lastSentAt = options.clock.now();
    this.outcome = this.run();
  }

  /** The spool holds `availableBytes` now. */
  grow(availableBytes: number): void {
    this.availableBytes = availableBytes;
    this.grown.ring();
  }

  /** Nothing will follow after `totalBytes`: sends what is left at once. */
  finish(totalBytes: number): void {
    this.availableBytes = totalBytes;
    this.totalBytes = totalBytes;
    this.grown.ring();
    this.retry.ring();
  }

  /** Something changed for the better: tries again now instead of at the end of the wait. */
  wake(): void {
    this.retry.ring();
  }

  private async run(): Promise<UploadOutcome> {
    for (;;) {
      await this.untilWorthSending();
      if (this.isComplete()) return { kind: "complete" };
      const request = this.nextRequest();
      const reply = await this.send(request);
      const outcome = this.absorb(request, reply);
      if (outcome !== null) return outcome;
      if (this.failures > 0) await this.waitBeforeRetry(reply);
    }
  }

  private async untilWorthSending(): Promise<void> {
    const { clock } = this.options;
    while (this.totalBytes === null) {
      const unsentBytes = this.availableBytes - (this.offset ?? 0);
      const waitMs = this.lastSentAt + this.pace.gatherMs - clock.now();
      if (this.offset === null || unsentBytes >= this.pace.gatherBytes) return;
      if (unsentBytes > 0 && waitMs <= 0) return;
      await this.grown.wait(clock, unsentBytes > 0 ? waitMs : null);
    }
  }

  private isComplete(): boolean {
    return this.totalAnnounced && this.offset === this.totalBytes;
  }

  private nextRequest(): Request {
    const { offset, totalBytes } = this;
    if (offset === null) return { method: "HEAD" };
    const untilLimit = this.options.limitBytes - offset;
    // At the limit a small request is enough to be told so, and small enough for the answer to come through.
    const allowed = untilLimit > 0 ? untilLimit : MIN_REQUEST_BYTES;
    const length = Math.min(this.availableBytes - offset, this.requestBytes, allowed);
    const announcesTotal = offset + length === totalBytes && !this.totalAnnounced;
    return { method: "PATCH", length, announcesTotal };
  }

  /** One request. Whatever happens to it on the way is an answer too: try again. */
  private async send(request: Request): Promise<UploadReply> {
    const { clock, uploadUrl } = this.options;
    const init = request.method === "HEAD" ? HEAD_REQUEST : await this.patchRequest(request);
    if (init === null) return { kind: "refused", reason: SPOOL_UNREADABLE };
    const stall = new AbortController();
    const cancelStall = clock.after(this.pace.stallTimeoutMs, () => {
      this.requestBytes = Math.max(MIN_REQUEST_BYTES, this.requestBytes / 2);
      stall.abort();
    });
    this.lastSentAt = clock.now();
    try {
      const options = { ...init, cache: "no-store", signal: stall.signal } as const;
      return await readUploadReply(await fetch(uploadUrl, options));
    } catch {
      return { kind: "later", afterMs: null, reason: null };
    } finally {
      cancelStall();
    }
  }

  /** Null when the spool cannot be read. */
  private async patchRequest(
    request: Extract<Request, { method: "PATCH" }>,
  ): Promise<RequestInit | null> {
    const offset = this.offset ?? 0;
    const body = await this.options.read(offset, request.length).catch(() => null);
    if (body === null) return null;
    const headers: Record<string, string> = {
      "Tus-Resumable": "1.0.0",
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
    };
    if (request.announcesTotal) headers["Upload-Length"] = String(offset + request.length);
    return { method: "PATCH", headers, body };
  }

  /** Takes the answer in; returns how sending ends, or null when it goes on. */
  private absorb(request: Request, reply: UploadReply): UploadOutcome | null {
    switch (reply.kind) {
      case "offset":
        return this.absorbOffset(request, reply);
      case "conflict":
        this.lose();
        return null;
      case "tooLarge":
        return this.absorbTooLarge(request);
      case "later":
        this.lose();
        return null;
      case "closed":
        return { kind: "closed" };
      case "refused":
        return { kind: "refused", reason: reply.reason };
    }
  }

  /** After a failure only the server knows how much it kept. */
  private lose(): void {
    this.failures += 1;
    this.offset = null;
  }

  private absorbOffset(
    request: Request,
    { offset, length, room }: Extract<UploadReply, { kind: "offset" }>,
  ): UploadOutcome | null {
    if (request.method === "HEAD") {
      if (length !== null && length !== this.totalBytes) return { kind: "closed" };
      this.totalAnnounced = length !== null;
    } else {
      this.totalAnnounced ||= request.announcesTotal;
      this.requestBytes = Math.min(this.pace.maxRequestBytes, this.requestBytes * 2);
    }
    if (offset > this.availableBytes) return { kind: "refused", reason: SERVER_AHEAD };
    this.offset = offset;
    // A HEAD alone does not show that sending works again.
    if (request.method === "PATCH" || this.isComplete()) {
      this.failures = 0;
      this.say({ state: "online" });
    }
    if (request.method === "PATCH") this.options.onRoom(room);
    this.options.onAcknowledged(offset);
    return null;
  }

  /** Below the product's own limit it is a proxy that finds the request too large: smaller ones may pass. */
  private absorbTooLarge(request: Request): UploadOutcome | null {
    const offset = this.offset ?? 0;
    const length = request.method === "PATCH" ? request.length : 0;
    if (offset + length > this.options.limitBytes || length <= MIN_REQUEST_BYTES) {
      return { kind: "limit", acknowledgedBytes: offset };
    }
    this.requestBytes = Math.max(MIN_REQUEST_BYTES, Math.floor(length / 2));
    return null;
  }

  private async waitBeforeRetry(reply: UploadReply): Promise<void> {
    // The offset was just learnt or is worth asking for at once: no reason to wait.
    if (reply.kind === "offset") return;
    if (reply.kind === "conflict" && this.failures === 1) return;
    const askedMs = reply.kind === "later" ? (reply.afterMs ?? 0) : 0;
    const delayMs = Math.max(askedMs, this.pace.backoff(this.failures));
    const reason = reply.kind === "later" ? reply.reason : null;
    this.say(
      reason === null
        ? { state: "retrying", nextAttemptAt: Date.now() + delayMs }
        : { state: "blocked", reason },
    );
    await this.retry.wait(this.options.clock, delayMs);
  }

  private say(link: Link): void {
    const isOnline = link.state === "online";
    if (isOnline && this.isOnline) return;
    this.isOnline = isOnline;
    this.options.onLink(link);
  }
}
