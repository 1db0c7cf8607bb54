import { missingSupport, NO_ENCODER, NO_WORKER } from "./browser-support";
import { createWorkerClock, type WorkerClock } from "./clock";
import { probeEncoder } from "./encoder";
import { LeaveGuard } from "./leave-guard";
import type { Pointer } from "./pointer";
import {
  mayStart,
  mustAskBeforeLeaving,
  type RecorderEvent,
  type RecorderState,
  reduceRecorder,
} from "./recorder-state";
import { RecordingRun, sentenceOf } from "./recording-run";
import { ApiError, type RecordingOrigin } from "./recording-api";
import { SpoolClient } from "./spool-client";

export interface RecorderOptions {
  readonly sessionId: string;
  /** Who records, and what: a later page load needs to know if this one does not come to its end. */
  readonly userId: string;
  readonly appName: string;
  /** The canvas to record, asked before every frame; null or a detached canvas counts as disconnected. */
  readonly getSource: () => HTMLCanvasElement | null;
  /** What points at that canvas, asked before every frame too; left out where no pointer is recorded. */
  readonly getPointer?: () => Pointer | null;
  /** The server's limit for one recording: it stops by itself there. */
  readonly maxSizeBytes: number;
}

export interface RecorderCore {
  readonly getState: () => RecorderState;
  /** Calls `listener` after every change of state; returns what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** From now on this tells the canvas to record. */
  readonly setSource: (getSource: RecorderOptions["getSource"]) => void;
  /** Starts workers and tries the encoders, so that `start` takes no time. Harmless to repeat. */
  readonly warmUp: () => void;
  /**
   * Resolves when the first frame is recorded, or when that failed: the state says which. Never rejects. One
   * that nobody asked for (`policy`) gives way to a recording that is under way already, without a word.
   */
  readonly start: (origin?: RecordingOrigin) => Promise<void>;
  /** Resolves when nothing more is recorded and all of it is kept; the state goes on to `ready` by itself. */
  readonly stop: () => Promise<void>;
  /** From `ready` or `failed` back to `idle`. */
  readonly dismiss: () => void;
  /** Stops, and lets go of everything once what was recorded is saved. `warmUp` or `start` revive it. */
  readonly dispose: () => void;
}

/** HTTP: the session is recorded already, or need not be any more. */
const CONFLICT = 409;

/** What is kept warm between recordings. */
interface Equipment {
  readonly clock: WorkerClock;
  readonly mimeType: Promise<string | null>;
  /** For the next recording: each has its own. */
  spareSpool: SpoolClient;
}

/** Makes the recorder of one session. It touches nothing of the browser until `warmUp` or `start`. */
export function createRecorder(options: RecorderOptions): RecorderCore {
  const recorder = new SessionRecorder(options);
  return {
    getState: () => recorder.state,
    subscribe: (listener) => recorder.subscribe(listener),
    setSource: (getSource) => recorder.setSource(getSource),
    warmUp: () => recorder.warmUp(),
    start: (origin) => recorder.start(origin),
    stop: () => recorder.stop(),
    dismiss: () => recorder.emit({ type: "dismiss" }),
    dispose: () => recorder.dispose(),
  };
}

class SessionRecorder {
  state: RecorderState = { phase: "idle" };
  private readonly listeners = new Set<() => void>();
  private readonly guard = new LeaveGuard();
  private equipment: Equipment | null = null;
  private starting: Promise<void> | null = null;
  private run: RecordingRun | null = null;
  private isDisposed = false;
  private getSource: RecorderOptions["getSource"];

  constructor(private readonly options: RecorderOptions) {
    this.getSource = options.getSource;
  }

  readonly emit = (event: RecorderEvent): void => {
    const next = reduceRecorder(this.state, event);
    if (next === this.state) return;
    this.state = next;
    this.guard.set(mustAskBeforeLeaving(next));
    for (const listener of this.listeners) listener();
  };

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  setSource(getSource: RecorderOptions["getSource"]): void {
    this.getSource = getSource;
  }

  warmUp(): void {
    this.isDisposed = false;
    this.equip();
  }

  async start(origin: RecordingOrigin = "user"): Promise<void> {
    this.isDisposed = false;
    if (mayStart(this.state)) {
      this.emit({ type: "start" });
      this.starting = this.begin(origin);
    }
    await this.starting;
  }

  async stop(): Promise<void> {
    await this.starting;
    await this.run?.stop(null);
  }

  dispose(): void {
    this.isDisposed = true;
    void this.stop().then(() => this.releaseWhenUnused());
  }

  private async begin(origin: RecordingOrigin): Promise<void> {
    try {
      const equipment = this.equip();
      const mimeType = await equipment?.mimeType;
      if (!equipment || !mimeType) return;
      const spool = equipment.spareSpool;
      equipment.spareSpool = new SpoolClient();
      const run = await RecordingRun.begin({
        sessionId: this.options.sessionId,
        origin,
        userId: this.options.userId,
        appName: this.options.appName,
        limitBytes: this.options.maxSizeBytes,
        getSource: () => this.getSource(),
        getPointer: this.options.getPointer ?? (() => null),
        mimeType,
        clock: equipment.clock,
        spool,
        emit: this.emit,
      });
      this.run = run;
      void run.finished.then(() => this.forget(run));
    } catch (error) {
      if (origin === "policy" && error instanceof ApiError && error.status === CONFLICT) {
        this.emit({ type: "withdraw" });
        return;
      }
      this.emit({ type: "fail", recordingId: null, reason: sentenceOf(error), keptBytes: 0 });
    }
  }

  private forget(run: RecordingRun): void {
    if (this.run === run) this.run = null;
    this.releaseWhenUnused();
  }

  /** The equipment, made when there is none; null, and the state says why, when this browser cannot record. */
  private equip(): Equipment | null {
    if (this.equipment !== null) return this.equipment;
    const missing = missingSupport();
    if (missing !== null) return this.giveUp(missing);
    const clock = createWorkerClock();
    const mimeType = Promise.race([
      probeEncoder(clock).then((found) => found ?? this.giveUp(NO_ENCODER)),
      clock.failed.then(() => this.giveUp(NO_WORKER)),
    ]);
    for (const type of WAKING_EVENTS) window.addEventListener(type, this.wake);
    this.equipment = { clock, mimeType, spareSpool: new SpoolClient() };
    return this.equipment;
  }

  private giveUp(reason: string): null {
    this.emit({ type: "unsupported", reason });
    return null;
  }

  private readonly wake = (): void => this.run?.wake();

  private releaseWhenUnused(): void {
    if (!this.isDisposed || this.run !== null || this.equipment === null) return;
    for (const type of WAKING_EVENTS) window.removeEventListener(type, this.wake);
    this.equipment.clock.close();
    void this.equipment.spareSpool.close();
    this.equipment = null;
  }
}

/** The network is back; or the user is, who may have signed in again in another tab. */
const WAKING_EVENTS = ["online", "focus"] as const;
