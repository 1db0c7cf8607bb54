import { expect, test } from "vitest";
import { nextStatus, type RecordingEvent, type RecordingStatus } from "./recording-state";

const EVENTS = {
  stop: { type: "stop" },
  seal: { type: "seal" },
  resume: { type: "resume" },
  fail: { type: "fail", reason: "nothing_captured" },
} as const satisfies Record<string, RecordingEvent>;

/** The whole life of a recording, as its users know it; null where a move is illegal. */
const LIFE: Record<RecordingStatus, Record<keyof typeof EVENTS, RecordingStatus | null>> = {
  recording: { stop: "uploading", seal: null, resume: null, fail: null },
  uploading: { stop: "uploading", seal: "ready", resume: "uploading", fail: "failed" },
  ready: { stop: "ready", seal: "ready", resume: "uploading", fail: null },
  failed: { stop: "failed", seal: null, resume: "uploading", fail: "failed" },
};

const moves = Object.entries(LIFE).flatMap(([status, byEvent]) =>
  Object.entries(byEvent).map(([event, next]) => ({ status, event, next })),
) as { status: RecordingStatus; event: keyof typeof EVENTS; next: RecordingStatus | null }[];

test.each(moves.filter(({ next }) => next !== null))(
  "a recording that is $status is $next after $event",
  ({ status, event, next }) => {
    expect(nextStatus(status, EVENTS[event])).toBe(next);
  },
);

test.each(moves.filter(({ next }) => next === null))(
  "$event is refused, with what to do, while a recording is $status",
  ({ status, event }) => {
    const move = () => nextStatus(status, EVENTS[event]);
    expect(move).toThrow(/Reload the page/);
    expect(move).toThrow(expect.objectContaining({ code: "illegal_transition" }) as Error);
  },
);
