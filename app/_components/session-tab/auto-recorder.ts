import type { RecordingNote } from "@/lib/gateway/session-note";
import { mayStart, type RecorderState } from "@/lib/recorder/recorder-state";
import type { Recorder } from "@/lib/recorder/use-recorder";

/** What the tab sees when it decides. */
export interface AutoRecordInputs {
  /** The latest of the gateway's notes; null before the first. */
  readonly note: Pick<RecordingNote, "auto_record" | "recorded"> | null;
  readonly connected: boolean;
  readonly recording: RecorderState;
}

/** What the tab says of it. */
export interface AutoRecordState {
  /** Nobody clicked: the recording under way is the administrators' wish. */
  readonly isByPolicy: boolean;
  /** Another tab records this session. */
  readonly isElsewhere: boolean;
  /** Administrators want a recording, for which the browser wants a click: `startByClick`. */
  readonly asksForClick: boolean;
  /** A sentence to be read now, or null. */
  readonly notice: string | null;
}

export const TURNED_ON = "Recording was turned on by your administrator.";
export const TURNED_OFF =
  "Your administrator turned automatic recording off: the recording was stopped and is kept.";

/** Nothing is recorded and nothing is to be. */
export const QUIET: AutoRecordState = {
  isByPolicy: false,
  isElsewhere: false,
  asksForClick: false,
  notice: null,
};

/** After a recording that failed. */
const RETRY_MS = 30_000;
/** After another tab was quicker; its end is told by a note, unless that came in between. */
const YIELD_MS = 5_000;
/** Long enough to be read. */
const NOTICE_MS = 10_000;

export const ONE_CLICK =
  "Your administrator has every session recorded. The browser asks before it records an app: press Record and allow this tab.";

interface Controls extends Pick<Recorder, "start" | "stop"> {
  /** The browser asks the user, and lets itself be asked only right after a click. */
  readonly needsClick: boolean;
  /** Tells the server that the user wants no recording. May reject. */
  readonly decline: () => Promise<void>;
}

/**
 * Starts and stops the recorder of one tab as administrators wish: as soon as there is a picture, in one
 * tab of several, until its user stops it or administrators turn it off.
 */
export class AutoRecorder {
  #state: AutoRecordState = QUIET;
  #inputs: AutoRecordInputs = { note: null, connected: false, recording: { phase: "idle" } };
  readonly #listeners = new Set<() => void>();
  #isStarting = false;
  /** Its user stopped the recording: nothing is started until that is wanted anew. */
  #isDeclined = false;
  #isResting = false;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #hush: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly controls: Controls) {}

  readonly getState = (): AutoRecordState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** To be told after every change. */
  update(inputs: AutoRecordInputs): void {
    const { note, recording } = this.#inputs;
    this.#inputs = inputs;
    const wasWanted = note?.auto_record;
    const isWanted = inputs.note?.auto_record;
    if (isWanted === false) this.#isDeclined = false;
    if (inputs.note !== note) this.#cancelRetry();
    const begins = recording.phase !== "starting" && inputs.recording.phase === "starting";
    if (begins && !this.#isStarting) this.#become({ isByPolicy: false });
    // A note after a lost connection: the server has not heard it.
    if (this.#isDeclined && inputs.note !== note) void this.#tellDeclined();
    if (wasWanted === false && isWanted === true) this.#say(TURNED_ON);
    this.#become({ isElsewhere: isElsewhere(inputs) });
    this.#act();
  }

  /** The user wants no recording, whatever administrators wish: stops it whether or not the server hears that now. */
  readonly declineAndStop = async (): Promise<void> => {
    this.#isDeclined = true;
    await this.#tellDeclined();
    await this.controls.stop();
  };

  /** The click that the browser wants: starts as administrators wish. */
  readonly startByClick = (): Promise<void> => this.#start();

  /** Nothing is started any more: the session is being ended. `true` until it is taken back. */
  readonly rest = (isResting: boolean): void => {
    this.#isResting = isResting;
    this.#act();
  };

  dispose(): void {
    this.#cancelRetry();
    clearTimeout(this.#hush);
  }

  #act(): void {
    const { note, connected, recording } = this.#inputs;
    this.#become({ asksForClick: this.controls.needsClick && this.#isDue() });
    if (note === null || this.#isResting) return;
    if (!note.auto_record) {
      if (this.#state.isByPolicy && recording.phase === "recording" && !this.#isDeclined) {
        this.#say(TURNED_OFF);
        void this.controls.stop();
      }
      return;
    }
    if (this.#isDeclined || !connected || note.recorded || this.#isStarting) return;
    if (!mayStart(recording) || this.#retry !== null || this.controls.needsClick) return;
    if (recording.phase === "failed") this.#later(RETRY_MS);
    else void this.#start();
  }

  /** A recording is wanted and none is under way. */
  #isDue(): boolean {
    const { note, connected, recording } = this.#inputs;
    if (note === null || this.#isResting || this.#isDeclined || this.#isStarting) return false;
    return note.auto_record && !note.recorded && connected && mayStart(recording);
  }

  async #tellDeclined(): Promise<void> {
    // Out of reach, it is told again with the first note that comes then.
    await this.controls.decline().catch(() => undefined);
  }

  async #start(): Promise<void> {
    this.#isStarting = true;
    this.#become({ isByPolicy: true, asksForClick: false });
    await this.controls.start("policy");
    this.#isStarting = false;
    // Unless it began or failed, which an update tells, somebody else was quicker.
    this.#later(YIELD_MS);
  }

  #later(delayMs: number): void {
    this.#cancelRetry();
    this.#retry = setTimeout(() => {
      this.#retry = null;
      const { note, connected, recording } = this.#inputs;
      if (recording.phase !== "failed") this.#act();
      else if (note?.auto_record === true && connected && !note.recorded) void this.#start();
    }, delayMs);
  }

  #cancelRetry(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  #say(notice: string): void {
    clearTimeout(this.#hush);
    this.#become({ notice });
    this.#hush = setTimeout(() => this.#become({ notice: null }), NOTICE_MS);
  }

  #become(change: Partial<AutoRecordState>): void {
    const state = this.#state;
    const keys = Object.keys(change) as (keyof AutoRecordState)[];
    if (keys.every((key) => change[key] === state[key])) return;
    this.#state = { ...state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The server counts this tab's own recording too. */
function isElsewhere({ note, recording }: AutoRecordInputs): boolean {
  return note?.recorded === true && ["idle", "unsupported"].includes(recording.phase);
}
