import { formatBytes, formatDuration } from "@/app/_components/ui/format";
import { assertNever } from "@/lib/errors/assert-never";
import type { KeptIn, RecorderState } from "@/lib/recorder/recorder-state";

type Running = Extract<RecorderState, { phase: "recording" }>;
type Saving = Extract<RecorderState, { phase: "saving" }>;

const TRUNCATED = "The size limit was reached: the recording stopped there and is kept.";

/** From this share of the limit on the bar warns. */
const NEAR_LIMIT = 0.9;

/** How far the server is behind before the line under the bar is full. */
const FULL_LAG_MS = 30_000;

/** `1:12 recorded, 1:10 safe on the server, 18.4 MB of 500 MB`. */
export function progressInWords(state: Running): string {
  const recorded = formatDuration(state.elapsedMs);
  const safe = formatDuration(Math.min(state.safeMs, state.elapsedMs));
  const size = formatBytes(state.spooledBytes);
  return `${recorded} recorded, ${safe} safe on the server, ${size} of ${limitInWords(state.limitBytes)}`;
}

/** What is captured but not yet safe on the server, from 0 (all safe) to 1 (half a minute or more). */
export function lag(state: Running): number {
  return Math.min(1, Math.max(0, state.elapsedMs - state.safeMs) / FULL_LAG_MS);
}

/** A sentence that the person should read now, or null where all is well. */
export function noticeInWords(state: RecorderState): string | null {
  switch (state.phase) {
    case "recording":
      return (
        linkNotice(state, `${keptSeconds(state)} s`) ??
        roomNotice(state) ??
        limitNotice(state) ??
        wholeTabNotice(state)
      );
    case "saving":
      return linkNotice(state, formatBytes(state.remainingBytes)) ?? state.notice;
    case "ready":
      return state.notice ?? (state.truncated ? TRUNCATED : null);
    case "failed":
      return state.keptBytes > 0
        ? `${state.reason} ${formatBytes(state.keptBytes)} are kept on this computer.`
        : state.reason;
    case "idle":
      return state.notice ?? null;
    case "unsupported":
    case "starting":
      return null;
    default:
      return assertNever(state);
  }
}

const PLACE: Record<KeptIn, string> = {
  disk: "on this computer and will be sent when it is back.",
  memory: "in this tab and will be sent when it is back. Keep the tab open.",
};

function linkNotice({ link, keptIn }: Running | Saving, kept: string): string | null {
  switch (link.state) {
    case "online":
      return null;
    case "retrying":
      return `The server could not be reached. ${kept} are kept ${PLACE[keptIn]}`;
    case "blocked":
      return link.reason;
    default:
      return assertNever(link);
  }
}

const ROOM_SHORT =
  "The server is short of room: fewer pictures are recorded. When none is left the recording stops by itself and is kept.";

function roomNotice({ isRoomShort }: Running): string | null {
  return isRoomShort ? ROOM_SHORT : null;
}

const WHOLE_TAB =
  "This browser cannot record the app alone: all of what you chose to share is recorded, with this bar.";
/** Long enough to be read. */
const SAID_FOR_MS = 15_000;

function wholeTabNotice({ isWholeTab, elapsedMs }: Running): string | null {
  return isWholeTab && elapsedMs < SAID_FOR_MS ? WHOLE_TAB : null;
}

function keptSeconds(state: Running): number {
  return Math.max(1, Math.round((state.elapsedMs - state.safeMs) / 1000));
}

function limitNotice(state: Running): string | null {
  if (state.spooledBytes < state.limitBytes * NEAR_LIMIT) return null;
  const percent = Math.min(100, Math.floor((state.spooledBytes / state.limitBytes) * 100));
  const limit = limitInWords(state.limitBytes);
  return `${percent} % of the limit is used. At ${limit} the recording stops by itself and is kept.`;
}

/** A limit is a round number: `500 MB`, not `500.0 MB`. */
function limitInWords(bytes: number): string {
  return formatBytes(bytes).replace(".0 ", " ");
}

const BEING_SAVED = "The recording has stopped and is being saved.";
const KEPT_UNTIL_TAKEN: Record<KeptIn, string> = {
  disk: "The recording has stopped. What is not on the server yet is kept in this browser and sent as soon as the server takes it; should this tab be closed, the next page of Sortie goes on.",
  memory:
    "The recording has stopped. What is not on the server yet is kept in this tab and sent as soon as the server takes it; keep the tab open until then.",
};

const BY_POLICY = "Recorded by policy: your administrator has every session recorded.";

/**
 * What becomes of the recording while there is no desktop; null where there is nothing to say of one. `isFinal`
 * tells that the desktop does not come back by itself, `isWanted` that nobody has to click for a recording.
 */
export function recordingWhileAway(
  state: RecorderState,
  isFinal: boolean,
  isWanted: boolean,
): string | null {
  switch (state.phase) {
    case "starting":
    case "recording":
      return isFinal ? BEING_SAVED : "The recording goes on and marks the gap.";
    case "saving":
      return state.link.state === "online" ? BEING_SAVED : KEPT_UNTIL_TAKEN[state.keptIn];
    case "ready":
      return "The recording is saved.";
    case "failed":
      return state.keptBytes > 0
        ? "The recording failed; what the server did not take is kept in this browser."
        : "The recording failed.";
    case "unsupported":
      return null;
    case "idle":
      return isWanted && !isFinal ? BY_POLICY : null;
    default:
      return assertNever(state);
  }
}

/**
 * What a screen reader is told. It changes when the state does and not with every second that
 * passes, or it would never fall silent.
 */
export function announcement(state: RecorderState, notice: string | null): string {
  switch (state.phase) {
    case "unsupported":
    case "idle":
      return notice ?? "";
    case "starting":
      return notice ?? "Recording starts";
    case "recording":
      return [notice, recordingAnnouncement(state)].filter((part) => part !== null).join(" ");
    case "saving":
      return state.link.state === "online" ? "Saving the recording" : (noticeInWords(state) ?? "");
    case "ready":
      return `The recording is ready. ${noticeInWords(state) ?? ""}`.trim();
    case "failed":
      return `The recording failed. ${state.reason}`;
    default:
      return assertNever(state);
  }
}

function recordingAnnouncement(state: Running): string {
  switch (state.link.state) {
    case "retrying":
      return "Recording goes on. The server could not be reached; what it lacks is kept and sent later.";
    case "blocked":
      return `Recording goes on. ${state.link.reason}`;
    case "online":
      if (state.isRoomShort) return `Recording. ${ROOM_SHORT}`;
      return limitNotice(state) === null ? "Recording" : "Recording. The size limit is near.";
    default:
      return assertNever(state.link);
  }
}
