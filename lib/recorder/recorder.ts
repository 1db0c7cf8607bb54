import { missingSupport, NO_ENCODER, NO_WORKER } from "./browser-support";
import { createWorkerClock, type WorkerClock } from "./clock";
import { probeEncoder } from "./encoder";
import { LeaveGuard } from "./leave-guard";
import {
  mayStart,
  mustAskBeforeLeaving,
  type RecorderEvent,
  type RecorderState,
  reduceRecorder,
} from "./recorder-state";
import { RecordingRun, sentenceOf } from "./recording-run";
import { ApiError, type RecordingOrigin } from "./recording-api";
import { NotSharedError } from "./not-shared-error";
import { openScene, type RecordedSource, type Scene } from "./recorded-source";
import { SpoolClient } from "./spool-client";

export interface RecorderOptions {
  readonly sessionId: string;
  /** Who records, and what: a later page load needs to know if this one does not come to its end. */
  readonly userId: string;
  readonly appName: string;
  readonly source: RecordedSource;
  /** A sound track for a recording that begins, its own to stop; null, or left out, for none. */
  readonly newSound?: () => MediaStreamTrack | null;
  /** The server's limit for one recording: it stops by itself there. */
  readonly maxSizeBytes: number;
}

export interface RecorderCore {
  readonly getState: () => RecorderState;
  /** Calls `listener` after every change of state; returns what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** From now on this is what is to be recorded. */
  readonly setSource: (source: RecordedSource) => void;
  /** Starts workers and tries the encoders, so that `start` takes no time. Harmless to repeat. */
  readonly warmUp: () => void;
  /**
   * Resolves when the first frame is recorded, or when that failed: the state says which. Never rejects. One
   * that nobody asked for (`policy`) gives way to a recording that is under way already, without a word.
   */
  readonly start: (origin?: RecordingOrigin) => Promise<void>;
  /** Resolves when nothing more is recorded and all of it is kept; the state goes on to `ready` by itself. */
  readonly stop: () => Promise<void>;
  /** From `ready` or `failed` back to `idle`, and from that to one without a notice. */
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
    setSource: (source) => recorder.setSource(source),
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
  private source: RecordedSource;

  constructor(private readonly options: RecorderOptions) {
    this.source = options.source;
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

  setSource(source: RecordedSource): void {
    this.source = source;
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
    const equipment = this.equip();
    if (equipment === null) return;
    // Before anything is waited for: a browser asks for a tab only right after a click.
    const opening = openScene(() => this.source);
    opening.catch(() => undefined);
    try {
      const mimeType = await equipment.mimeType;
      const scene = await opening;
      if (mimeType === null) scene.close();
      else await this.record(origin, equipment, { mimeType, scene });
    } catch (error) {
      this.explain(error, origin);
    }
  }

  private async record(
    origin: RecordingOrigin,
    equipment: Equipment,
    { mimeType, scene }: { readonly mimeType: string; readonly scene: Scene },
  ): Promise<void> {
    const spool = equipment.spareSpool;
    equipment.spareSpool = new SpoolClient();
    const { sessionId, userId, appName, maxSizeBytes: limitBytes, newSound } = this.options;
    const run = await RecordingRun.begin({
      ...{ sessionId, origin, userId, appName, limitBytes, mimeType, scene, spool },
      sound: newSound?.() ?? null,
      clock: equipment.clock,
      emit: this.emit,
    });
    this.run = run;
    void run.finished.then(() => this.forget(run));
  }

  private explain(error: unknown, origin: RecordingOrigin): void {
    if (error instanceof NotSharedError) this.emit({ type: "withdraw", notice: error.message });
    else if (origin === "policy" && error instanceof ApiError && error.status === CONFLICT) {
      this.emit({ type: "withdraw" });
    } else {
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
    const missing = missingSupport(this.source.kind);
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
