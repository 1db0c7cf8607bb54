import { describe, expect, it } from "vitest";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import {
  announcement,
  lag,
  noticeInWords,
  progressInWords,
  recordingWhileAway,
} from "./recording-words";

const MEBIBYTE = 1024 * 1024;

type Running = Extract<RecorderState, { phase: "recording" }>;

const running: Running = {
  phase: "recording",
  recordingId: "r1",
  elapsedMs: 72_000,
  safeMs: 70_000,
  spooledBytes: 18.4 * MEBIBYTE,
  safeBytes: 18 * MEBIBYTE,
  limitBytes: 500 * MEBIBYTE,
  keptIn: "disk",
  link: { state: "online" },
  isRoomShort: false,
  isWholeTab: false,
  hasSound: false,
};

describe("What the bar says of a recording", () => {
  it("tells how much is recorded and how much of it is safe", () => {
    expect(progressInWords(running)).toBe(
      "1:12 recorded, 1:10 safe on the server, 18.4 MB of 500 MB",
    );
  });

  it("never calls more safe than was recorded", () => {
    expect(progressInWords({ ...running, safeMs: 80_000 })).toContain("1:12 safe");
  });

  it("draws how far the server is behind, and nothing when all is safe", () => {
    expect(lag({ ...running, safeMs: 72_000 })).toBe(0);
    expect(lag({ ...running, safeMs: 57_000 })).toBe(0.5);
    expect(lag({ ...running, safeMs: 0 })).toBe(1);
  });

  it("says that less is recorded while the server is short of room, in view and aloud", () => {
    const short: Running = { ...running, isRoomShort: true };
    expect(noticeInWords(short)).toContain("The server is short of room");
    expect(announcement(short, null)).toContain("The server is short of room");
  });

  it("says what is safe while the server is away", () => {
    const away: Running = {
      ...running,
      safeMs: 31_000,
      link: { state: "retrying", nextAttemptAt: 0 },
    };
    expect(noticeInWords(away)).toBe(
      "The server could not be reached. 41 s are kept on this computer and will be sent when it is back.",
    );
    expect(noticeInWords({ ...away, keptIn: "memory" })).toContain("Keep the tab open.");
  });

  it("warns from 90 % of the limit on", () => {
    expect(noticeInWords({ ...running, spooledBytes: 449 * MEBIBYTE })).toBeNull();
    expect(noticeInWords({ ...running, spooledBytes: 450 * MEBIBYTE })).toBe(
      "90 % of the limit is used. At 500 MB the recording stops by itself and is kept.",
    );
  });

  it("says that a recording was cut at the limit and is kept", () => {
    const cut: RecorderState = {
      phase: "ready",
      recordingId: "r1",
      durationMs: 1,
      truncated: true,
      notice: null,
    };
    expect(noticeInWords(cut)).toContain("is kept");
    expect(noticeInWords({ ...cut, truncated: false })).toBeNull();
  });

  it("gives the reason of a failure and what is left of the recording", () => {
    const failed: RecorderState = {
      phase: "failed",
      recordingId: "r1",
      reason: "The disk of the server is full.",
      keptBytes: 2 * MEBIBYTE,
    };
    expect(noticeInWords(failed)).toBe(
      "The disk of the server is full. 2.0 MB are kept on this computer.",
    );
    expect(noticeInWords({ ...failed, keptBytes: 0 })).toBe("The disk of the server is full.");
  });

  it("tells while the desktop is away whether it goes on, is being saved or kept here", () => {
    const saving: RecorderState = {
      phase: "saving",
      recordingId: "r1",
      isCaptured: true,
      spooledBytes: 9,
      remainingBytes: 9,
      keptIn: "disk",
      link: { state: "online" },
      notice: null,
    };
    const signedOut = { state: "blocked", reason: "You are signed out." } as const;
    expect(recordingWhileAway(running, false, false)).toContain("goes on and marks the gap");
    expect(recordingWhileAway(running, true, false)).toContain("is being saved");
    expect(recordingWhileAway(saving, true, false)).toContain("is being saved");
    expect(recordingWhileAway({ ...saving, link: signedOut }, true, false)).toContain(
      "kept in this browser",
    );
    expect(recordingWhileAway({ ...saving, link: signedOut }, true, false)).toContain(
      "the next page of Sortie goes on",
    );
    expect(
      recordingWhileAway({ ...saving, link: signedOut, keptIn: "memory" }, true, false),
    ).toContain("keep the tab open");
    expect(recordingWhileAway({ phase: "idle" }, true, false)).toBeNull();
    expect(recordingWhileAway({ phase: "idle" }, true, true)).toBeNull();
    expect(recordingWhileAway({ phase: "idle" }, false, true)).toContain("Recorded by policy");
  });

  it("falls silent between changes of state", () => {
    const later: Running = { ...running, elapsedMs: 99_000, safeMs: 98_000 };
    expect(announcement(later, null)).toBe(announcement(running, null));
    const away: Running = { ...running, link: { state: "retrying", nextAttemptAt: 1 } };
    const stillAway: Running = { ...later, link: { state: "retrying", nextAttemptAt: 9 } };
    expect(announcement(away, null)).toBe(announcement(stillAway, null));
    expect(announcement(away, null)).not.toBe(announcement(running, null));
  });
});
