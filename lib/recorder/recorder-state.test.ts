import { describe, expect, it } from "vitest";
import {
  mustAskBeforeLeaving,
  type RecorderEvent,
  type RecorderState,
  reduceRecorder,
} from "./recorder-state";

const RECORDING_ID = "7d9f1a52-3d5c-4a8e-9d6d-1f2b3c4d5e6f";
const started: RecorderEvent = {
  type: "started",
  recordingId: RECORDING_ID,
  limitBytes: 1000,
  keptIn: "disk",
  isWholeTab: false,
  hasSound: false,
};
const refused: RecorderEvent = {
  type: "fail",
  recordingId: RECORDING_ID,
  reason: "It was deleted.",
  keptBytes: 12,
};
const done: RecorderEvent = { type: "ready", durationMs: 61_000, truncated: false };

function after(...events: RecorderEvent[]): RecorderState {
  return events.reduce(reduceRecorder, { phase: "idle" });
}

describe("the recorder's state", () => {
  it("goes from idle through recording and saving to ready", () => {
    expect(after({ type: "start" })).toEqual({ phase: "starting" });
    expect(after({ type: "start" }, started)).toMatchObject({
      phase: "recording",
      recordingId: RECORDING_ID,
      elapsedMs: 0,
      keptIn: "disk",
      isWholeTab: false,
      hasSound: false,
      link: { state: "online" },
    });
    const saving = after({ type: "start" }, started, { type: "stop", notice: null });
    expect(saving).toMatchObject({ phase: "saving", remainingBytes: 0 });
    expect(reduceRecorder(saving, done)).toEqual({
      phase: "ready",
      recordingId: RECORDING_ID,
      durationMs: 61_000,
      truncated: false,
      notice: null,
    });
  });

  it("knows while it records whether the server is short of room, and afterwards does not care", () => {
    const short = after({ type: "start" }, started, { type: "room", isShort: true });
    expect(short).toMatchObject({ phase: "recording", isRoomShort: true });
    expect(reduceRecorder(short, { type: "room", isShort: false })).toMatchObject({
      isRoomShort: false,
    });
    const saving = reduceRecorder(short, { type: "stop", notice: null });
    expect(reduceRecorder(saving, { type: "room", isShort: true })).toBe(saving);
  });

  it("shows how far the server is behind while recording and while saving", () => {
    const behind = after(
      { type: "start" },
      started,
      { type: "tick", elapsedMs: 5_000 },
      { type: "spooled", spooledBytes: 500 },
      { type: "acknowledged", safeBytes: 300, safeMs: 3_000 },
    );
    expect(behind).toMatchObject({
      elapsedMs: 5_000,
      spooledBytes: 500,
      safeBytes: 300,
      safeMs: 3_000,
    });
    const saving = reduceRecorder(behind, { type: "stop", notice: null });
    expect(saving).toMatchObject({ remainingBytes: 200 });
    const lastChunk = reduceRecorder(saving, { type: "spooled", spooledBytes: 600 });
    expect(lastChunk).toMatchObject({ remainingBytes: 300 });
    const allSafe = reduceRecorder(lastChunk, {
      type: "acknowledged",
      safeBytes: 600,
      safeMs: 6_000,
    });
    expect(allSafe).toMatchObject({ remainingBytes: 0 });
  });

  it("carries the reason why a recording stopped by itself to the end", () => {
    const notice = "The recording reached the size limit and was stopped there.";
    const saving = after({ type: "start" }, started, { type: "stop", notice });
    expect(saving).toMatchObject({ notice });
    expect(reduceRecorder(saving, { ...done, truncated: true })).toMatchObject({
      phase: "ready",
      truncated: true,
      notice,
    });
  });

  it("takes the first reason when two things stop a recording", () => {
    const saving = after({ type: "start" }, started, { type: "stop", notice: "First." });
    expect(reduceRecorder(saving, { type: "stop", notice: "Second." })).toBe(saving);
  });

  it("keeps the reason and the bytes of a failure until it is dismissed or a new recording starts", () => {
    const failed = after({ type: "start" }, started, refused);
    expect(failed).toMatchObject({ phase: "failed", reason: "It was deleted.", keptBytes: 12 });
    expect(reduceRecorder(failed, { type: "dismiss" })).toEqual({ phase: "idle" });
    expect(reduceRecorder(failed, { type: "start" })).toEqual({ phase: "starting" });
  });

  it("is not moved by what an ended recording still reports", () => {
    const ready = after({ type: "start" }, started, { type: "stop", notice: null }, done);
    const late: RecorderEvent[] = [
      { type: "tick", elapsedMs: 1 },
      { type: "spooled", spooledBytes: 1 },
      { type: "acknowledged", safeBytes: 1, safeMs: 1 },
      { type: "link", link: { state: "retrying", nextAttemptAt: 1 } },
      { type: "stop", notice: "Late." },
      { type: "captured" },
      refused,
      started,
    ];
    for (const event of late) expect(reduceRecorder(ready, event)).toBe(ready);
  });

  it("cannot be dismissed while bytes are unsent", () => {
    const saving = after({ type: "start" }, started, { type: "stop", notice: null });
    expect(reduceRecorder(saving, { type: "dismiss" })).toBe(saving);
  });

  it("says why a browser cannot record, but never in the middle of a recording", () => {
    const unsupported: RecorderEvent = { type: "unsupported", reason: "It lacks MediaRecorder." };
    expect(after(unsupported)).toEqual({ phase: "unsupported", reason: "It lacks MediaRecorder." });
    expect(after({ type: "start" }, unsupported)).toMatchObject({ phase: "unsupported" });
    expect(after(unsupported, { type: "start" })).toMatchObject({ phase: "unsupported" });
    expect(after({ type: "start" }, started, unsupported)).toMatchObject({ phase: "recording" });
  });

  it("asks before leaving exactly while something would be lost", () => {
    const recording = after({ type: "start" }, started, { type: "spooled", spooledBytes: 9 });
    const saving = reduceRecorder(recording, { type: "stop", notice: null });
    const sent = reduceRecorder(saving, { type: "acknowledged", safeBytes: 9, safeMs: 1 });
    const safe = reduceRecorder(sent, { type: "captured" });
    const asked = [after(), after({ type: "start" }), recording, saving, sent, safe];
    expect(asked.map(mustAskBeforeLeaving)).toEqual([false, true, true, true, true, false]);
  });
});
