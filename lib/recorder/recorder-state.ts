import { assertNever } from "@/lib/errors/assert-never";

/** How the server is reached at this moment. `blocked` needs a person; sending is retried all the same. */
export type Link =
  | { readonly state: "online" }
  /** `nextAttemptAt` is in milliseconds since the epoch. */
  | { readonly state: "retrying"; readonly nextAttemptAt: number }
  | { readonly state: "blocked"; readonly reason: string };

/** Where captured bytes wait until the server has them: only those on disk outlive the tab. */
export type KeptIn = "disk" | "memory";

/** What the recorder is doing, with exactly what a screen may say about it. Reasons and notices are sentences. */
export type RecorderState =
  | { readonly phase: "unsupported"; readonly reason: string }
  /** `notice` says why nothing is recorded, where somebody wanted that. */
  | { readonly phase: "idle"; readonly notice?: string }
  | { readonly phase: "starting" }
  | {
      readonly phase: "recording";
      readonly recordingId: string;
      readonly elapsedMs: number;
      /** Up to this moment of the recording everything is on the server. */
      readonly safeMs: number;
      readonly spooledBytes: number;
      readonly safeBytes: number;
      readonly limitBytes: number;
      readonly keptIn: KeptIn;
      readonly link: Link;
      /** The server is short of room: fewer frames are recorded, and none when it has no room left. */
      readonly isRoomShort: boolean;
      /** More than the session is in the picture, because the browser cannot leave it out. */
      readonly isWholeTab: boolean;
      /** There is a sound track, in which the microphone is heard while it is on. */
      readonly hasSound: boolean;
    }
  | {
      readonly phase: "saving";
      readonly recordingId: string;
      /** The last pixels are kept too; until then `spooledBytes` still grows. */
      readonly isCaptured: boolean;
      readonly spooledBytes: number;
      readonly remainingBytes: number;
      readonly keptIn: KeptIn;
      readonly link: Link;
      /** Why the recording stopped by itself; null when somebody stopped it. */
      readonly notice: string | null;
    }
  | {
      readonly phase: "ready";
      readonly recordingId: string;
      readonly durationMs: number;
      readonly truncated: boolean;
      readonly notice: string | null;
    }
  | {
      readonly phase: "failed";
      readonly recordingId: string | null;
      readonly reason: string;
      /** Bytes that stay in this browser because the server did not take them. */
      readonly keptBytes: number;
    };

export type RecorderEvent =
  | { readonly type: "start" }
  /** Nothing is recorded after all; `notice` says why, unless nobody needs to know. */
  | { readonly type: "withdraw"; readonly notice?: string }
  | {
      readonly type: "started";
      readonly recordingId: string;
      readonly limitBytes: number;
      readonly keptIn: KeptIn;
      readonly isWholeTab: boolean;
      readonly hasSound: boolean;
    }
  | { readonly type: "tick"; readonly elapsedMs: number }
  | { readonly type: "spooled"; readonly spooledBytes: number }
  | { readonly type: "acknowledged"; readonly safeBytes: number; readonly safeMs: number }
  | { readonly type: "link"; readonly link: Link }
  | { readonly type: "room"; readonly isShort: boolean }
  | { readonly type: "stop"; readonly notice: string | null }
  /** All that was recorded before the stop is kept. */
  | { readonly type: "captured" }
  | { readonly type: "ready"; readonly durationMs: number; readonly truncated: boolean }
  | {
      readonly type: "fail";
      readonly recordingId: string | null;
      readonly reason: string;
      readonly keptBytes: number;
    }
  | { readonly type: "unsupported"; readonly reason: string }
  | { readonly type: "dismiss" };

type StateOf<P extends RecorderState["phase"]> = Extract<RecorderState, { phase: P }>;

/**
 * The recorder's next state. An event that does not belong to the present phase changes nothing: what was
 * under way when a recording ended may still report.
 */
export function reduceRecorder(state: RecorderState, event: RecorderEvent): RecorderState {
  switch (event.type) {
    case "start":
      return mayStart(state) ? { phase: "starting" } : state;
    case "withdraw":
      return state.phase === "starting" ? idle(event.notice) : state;
    case "started":
      return state.phase === "starting" ? firstFrame(event) : state;
    case "tick":
      return state.phase === "recording" ? { ...state, elapsedMs: event.elapsedMs } : state;
    case "spooled":
      return afterSpooled(state, event.spooledBytes);
    case "acknowledged":
      return afterAcknowledged(state, event.safeBytes, event.safeMs);
    case "link":
      return isRunning(state) ? { ...state, link: event.link } : state;
    case "room":
      return state.phase === "recording" ? { ...state, isRoomShort: event.isShort } : state;
    case "stop":
      return state.phase === "recording" ? saving(state, event.notice) : state;
    case "captured":
      return state.phase === "saving" ? { ...state, isCaptured: true } : state;
    case "ready":
      return state.phase === "saving" ? ready(state, event) : state;
    case "fail":
      return state.phase === "starting" || isRunning(state) ? failed(event) : state;
    case "unsupported":
      return isRunning(state) ? state : { phase: "unsupported", reason: event.reason };
    case "dismiss":
      return mayStart(state) ? { phase: "idle" } : state;
    default:
      return assertNever(event);
  }
}

/** True when a recording can be started from this state. */
export function mayStart(state: RecorderState): boolean {
  return state.phase === "idle" || state.phase === "ready" || state.phase === "failed";
}

/** True while leaving the page would cut the recording short or leave bytes unsent. */
export function mustAskBeforeLeaving(state: RecorderState): boolean {
  switch (state.phase) {
    case "starting":
    case "recording":
      return true;
    case "saving":
      return !state.isCaptured || state.remainingBytes > 0;
    case "unsupported":
    case "idle":
    case "ready":
    case "failed":
      return false;
    default:
      return assertNever(state);
  }
}

function isRunning(state: RecorderState): state is StateOf<"recording"> | StateOf<"saving"> {
  return state.phase === "recording" || state.phase === "saving";
}

function idle(notice: string | undefined): RecorderState {
  return notice === undefined ? { phase: "idle" } : { phase: "idle", notice };
}

function firstFrame(event: Extract<RecorderEvent, { type: "started" }>): RecorderState {
  return {
    phase: "recording",
    recordingId: event.recordingId,
    elapsedMs: 0,
    safeMs: 0,
    spooledBytes: 0,
    safeBytes: 0,
    limitBytes: event.limitBytes,
    keptIn: event.keptIn,
    link: { state: "online" },
    isRoomShort: false,
    isWholeTab: event.isWholeTab,
    hasSound: event.hasSound,
  };
}

function afterSpooled(state: RecorderState, spooledBytes: number): RecorderState {
  if (state.phase === "recording") return { ...state, spooledBytes };
  if (state.phase !== "saving") return state;
  const safeBytes = state.spooledBytes - state.remainingBytes;
  return { ...state, spooledBytes, remainingBytes: spooledBytes - safeBytes };
}

function afterAcknowledged(state: RecorderState, safeBytes: number, safeMs: number): RecorderState {
  if (state.phase === "recording") return { ...state, safeBytes, safeMs };
  if (state.phase !== "saving") return state;
  return { ...state, remainingBytes: Math.max(0, state.spooledBytes - safeBytes) };
}

function saving(state: StateOf<"recording">, notice: string | null): RecorderState {
  const { recordingId, spooledBytes, safeBytes, keptIn, link } = state;
  const remainingBytes = spooledBytes - safeBytes;
  return {
    phase: "saving",
    recordingId,
    isCaptured: false,
    spooledBytes,
    remainingBytes,
    keptIn,
    link,
    notice,
  };
}

function ready(
  state: StateOf<"saving">,
  event: Extract<RecorderEvent, { type: "ready" }>,
): RecorderState {
  const { recordingId, notice } = state;
  return {
    phase: "ready",
    recordingId,
    durationMs: event.durationMs,
    truncated: event.truncated,
    notice,
  };
}

function failed(event: Extract<RecorderEvent, { type: "fail" }>): RecorderState {
  const { recordingId, reason, keptBytes } = event;
  return { phase: "failed", recordingId, reason, keptBytes };
}
