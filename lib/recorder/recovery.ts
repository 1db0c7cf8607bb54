import { assertNever } from "@/lib/errors/assert-never";
import { createWorkerClock } from "./clock";
import {
  type KeptSpool,
  listSpools,
  openSpool,
  removeSpool,
  whenLetGo,
  withSpoolLock,
} from "./kept-spools";
import { type Recovered, type Recovering, SpoolRecovery } from "./recover-spool";

/** A recording that an earlier page did not bring to its end, with exactly what a screen may say about it. */
export interface Unfinished {
  readonly recordingId: string;
  /** Empty when it is not known. */
  readonly appName: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly keptBytes: number;
  readonly state:
    | ({ readonly phase: "sending" } & Pick<Recovering, "progress" | "link">)
    | { readonly phase: "saved"; readonly truncated: boolean }
    /** The server does not know it: it was deleted. Without a label nobody knows whose it is. */
    | { readonly phase: "gone"; readonly isOurs: boolean }
    | { readonly phase: "failed"; readonly reason: string };
}

export interface RecoveryOptions {
  /** Who is signed in. */
  readonly userId: string;
  /** The server's limit for one recording. */
  readonly limitBytes: number;
}

const IN_ANOTHER_TAB = "Another tab works on this recording at the moment. Try again later.";

/**
 * Finds what earlier pages left in this browser and brings it to the server, one recording after the other. Bytes
 * are deleted when the server has sealed all of them, or when the person says so.
 */
export class Recovery {
  private unfinished: readonly Unfinished[] = [];
  private readonly listeners = new Set<() => void>();
  /** Those that this page has dealt with, one way or the other. */
  private readonly settled = new Set<string>();
  private readonly hidden = new Set<string>();
  /** Those that another tab holds. */
  private readonly awaited = new Set<string>();
  private current: SpoolRecovery | null = null;
  private isLooking = false;
  private isWanted = false;

  constructor(private readonly options: RecoveryOptions) {}

  readonly getState = (): readonly Unfinished[] => this.unfinished;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Looks for spools without an owner, and hurries what waits for its next try. */
  readonly look = (): void => {
    this.isWanted = true;
    this.current?.wake();
    if (!this.isLooking) void this.lookUntilDone();
  };

  /** Tries a failed one again. */
  retry(recordingId: string): void {
    this.settled.delete(recordingId);
    this.forget(recordingId);
    this.look();
  }

  /** What this browser keeps of the recording, with a name for the file; null when it is gone. */
  async kept(recordingId: string): Promise<{ stream: Blob; filename: string } | null> {
    const spool = await openSpool(recordingId);
    if (spool === null) return null;
    const extension = spool.label?.mimeType.startsWith("video/mp4") ? "mp4" : "webm";
    return { stream: spool.stream, filename: `recording-${recordingId.slice(0, 8)}.${extension}` };
  }

  /** Deletes what this browser keeps of the recording. @throws Error with a sentence */
  async discard(recordingId: string): Promise<void> {
    const removed = await withSpoolLock(recordingId, () => removeSpool(recordingId));
    if (removed === "held") throw new Error(IN_ANOTHER_TAB);
    this.forget(recordingId);
  }

  /** Says no more of it on this page; what is under way goes on. */
  hide(recordingId: string): void {
    this.hidden.add(recordingId);
    this.forget(recordingId);
  }

  private async lookUntilDone(): Promise<void> {
    this.isLooking = true;
    while (this.isWanted) {
      this.isWanted = false;
      for (const recordingId of await listSpools()) {
        if (!this.settled.has(recordingId)) await this.recover(recordingId);
      }
    }
    this.isLooking = false;
  }

  private async recover(recordingId: string): Promise<void> {
    // What cannot be opened or deleted stays where it is: the next page load tries again.
    const done = await withSpoolLock(recordingId, () => this.recoverHeld(recordingId)).catch(
      () => null,
    );
    if (done === "held") this.lookWhenLetGo(recordingId);
  }

  /** The lock is held from before the first look into the spool until it is deleted or left. */
  private async recoverHeld(recordingId: string): Promise<void> {
    const spool = await openSpool(recordingId);
    if (spool === null) return;
    const recovered = await this.bring(spool);
    this.settled.add(recordingId);
    this.conclude(spool, recovered);
    const isDone = recovered.kind === "saved" || recovered.kind === "settled";
    if (isDone) await removeSpool(recordingId);
  }

  /** Should the tab die that records or recovers it, this page is there already. */
  private lookWhenLetGo(recordingId: string): void {
    if (this.awaited.has(recordingId)) return;
    this.awaited.add(recordingId);
    void whenLetGo(recordingId).then(() => {
      this.awaited.delete(recordingId);
      this.look();
    });
  }

  private async bring(spool: KeptSpool): Promise<Recovered> {
    const clock = createWorkerClock();
    this.current = new SpoolRecovery(spool, {
      ...this.options,
      clock,
      report: ({ appName, ...state }) => this.put(spool, { phase: "sending", ...state }, appName),
    });
    const recovered = await this.current.run();
    this.current = null;
    clock.close();
    return recovered;
  }

  private conclude(spool: KeptSpool, recovered: Recovered): void {
    switch (recovered.kind) {
      case "saved":
        this.put(spool, { phase: "saved", truncated: recovered.truncated });
        break;
      case "settled":
      case "foreign":
        this.forget(spool.recordingId);
        break;
      case "gone":
        this.put(spool, { phase: "gone", isOurs: recovered.isOurs });
        break;
      case "failed":
        this.put(spool, { phase: "failed", reason: recovered.reason });
        break;
      default:
        assertNever(recovered);
    }
  }

  private put(
    { recordingId, label, stream, keptAt }: KeptSpool,
    state: Unfinished["state"],
    appName?: string,
  ): void {
    if (this.hidden.has(recordingId)) return;
    const before = this.unfinished.find((other) => other.recordingId === recordingId);
    const next: Unfinished = {
      recordingId,
      appName: appName ?? before?.appName ?? label?.appName ?? "",
      createdAt: label?.createdAt ?? new Date(keptAt).toISOString(),
      keptBytes: stream.size,
      state,
    };
    this.show(
      before === undefined
        ? [...this.unfinished, next]
        : this.unfinished.map((other) => (other === before ? next : other)),
    );
  }

  private forget(recordingId: string): void {
    this.show(this.unfinished.filter((other) => other.recordingId !== recordingId));
  }

  private show(unfinished: readonly Unfinished[]): void {
    this.unfinished = unfinished;
    for (const listener of this.listeners) listener();
  }
}
