import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RecorderState } from "@/lib/recorder/recorder-state";
import { AutoRecorder, TURNED_OFF, TURNED_ON } from "./auto-recorder";

const IDLE: RecorderState = { phase: "idle" };
const STARTING: RecorderState = { phase: "starting" };
const RECORDING = { phase: "recording" } as RecorderState;
const READY = { phase: "ready" } as RecorderState;
const FAILED: RecorderState = { phase: "failed", recordingId: null, reason: "No.", keptBytes: 0 };

const WANTED = { auto_record: true, recorded: false };
const NOT_WANTED = { auto_record: false, recorded: false };

let controls: ReturnType<typeof fakeControls>;
let auto: AutoRecorder;
beforeEach(() => {
  vi.useFakeTimers();
  controls = fakeControls();
  auto = new AutoRecorder(controls);
});
afterEach(() => {
  auto.dispose();
  vi.useRealTimers();
});

function fakeControls() {
  return {
    needsClick: false,
    start: vi.fn(() => Promise.resolve()),
    stop: vi.fn(() => Promise.resolve()),
    decline: vi.fn(() => Promise.resolve()),
  };
}

/** A recording that began without anybody's click. */
function begun(): void {
  auto.update({ note: WANTED, connected: true, recording: IDLE });
  auto.update({ note: WANTED, connected: true, recording: STARTING });
  auto.update({ note: { ...WANTED, recorded: true }, connected: true, recording: RECORDING });
}

describe("a tab whose session is to be recorded", () => {
  test("starts when its desktop is there, once, and says whose wish that is", () => {
    auto.update({ note: WANTED, connected: false, recording: IDLE });
    expect(controls.start).not.toHaveBeenCalled();
    begun();
    expect(controls.start.mock.calls).toEqual([["policy"]]);
    expect(auto.getState()).toEqual({
      isByPolicy: true,
      isElsewhere: false,
      asksForClick: false,
      notice: null,
    });
  });

  test("leaves it to another tab that records it, and takes over when that one ends", () => {
    const elsewhere = { auto_record: true, recorded: true };
    auto.update({ note: elsewhere, connected: true, recording: IDLE });
    expect(controls.start).not.toHaveBeenCalled();
    expect(auto.getState().isElsewhere).toBe(true);
    auto.update({ note: WANTED, connected: true, recording: IDLE });
    expect(controls.start).toHaveBeenCalledOnce();
  });

  test("tries again when another tab was quicker and has ended before that was told", async () => {
    auto.update({ note: WANTED, connected: true, recording: IDLE });
    await vi.advanceTimersByTimeAsync(4_000);
    auto.update({ note: WANTED, connected: true, recording: STARTING });
    auto.update({ note: WANTED, connected: true, recording: IDLE });
    expect(controls.start).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(controls.start).toHaveBeenCalledTimes(2);
  });

  test("tries again half a minute after a recording that failed", async () => {
    begun();
    await vi.advanceTimersByTimeAsync(5_000);
    auto.update({ note: WANTED, connected: true, recording: FAILED });
    await vi.advanceTimersByTimeAsync(29_000);
    expect(controls.start).toHaveBeenCalledOnce();
    await vi.advanceTimersByTimeAsync(1_100);
    expect(controls.start).toHaveBeenCalledTimes(2);
  });

  test("goes on with a new recording when one reached its limit", async () => {
    begun();
    await vi.advanceTimersByTimeAsync(5_000);
    auto.update({ note: WANTED, connected: true, recording: READY });
    expect(controls.start).toHaveBeenCalledTimes(2);
  });
});

describe("a person who stops it", () => {
  test("is left alone, though the server says so only with its next word", async () => {
    begun();
    await auto.declineAndStop();
    expect(controls.decline).toHaveBeenCalledOnce();
    expect(controls.stop).toHaveBeenCalledOnce();
    const { note } = { note: { auto_record: true, recorded: true } };
    auto.update({ note, connected: true, recording: READY });
    auto.update({ note: NOT_WANTED, connected: true, recording: READY });
    expect(controls.start).toHaveBeenCalledOnce();
  });

  test("is heard even when the server was out of reach", async () => {
    begun();
    controls.decline.mockRejectedValueOnce(new Error("out of reach"));
    await auto.declineAndStop();
    expect(controls.stop).toHaveBeenCalledOnce();
    auto.update({ note: { ...WANTED }, connected: true, recording: READY });
    expect(controls.decline).toHaveBeenCalledTimes(2);
    expect(controls.start).toHaveBeenCalledOnce();
  });

  test("is recorded again when administrators turn it on anew", async () => {
    begun();
    await auto.declineAndStop();
    await vi.advanceTimersByTimeAsync(5_000);
    auto.update({ note: NOT_WANTED, connected: true, recording: READY });
    auto.update({ note: WANTED, connected: true, recording: READY });
    expect(controls.start).toHaveBeenCalledTimes(2);
  });
});

describe("administrators who change their mind", () => {
  test("are named to a person whose session they begin to record", () => {
    auto.update({ note: NOT_WANTED, connected: true, recording: IDLE });
    auto.update({ note: WANTED, connected: true, recording: IDLE });
    expect(auto.getState().notice).toBe(TURNED_ON);
    vi.advanceTimersByTime(11_000);
    expect(auto.getState().notice).toBeNull();
  });

  test("stop what nobody clicked for, and say so", () => {
    begun();
    auto.update({ note: NOT_WANTED, connected: true, recording: RECORDING });
    expect(controls.stop).toHaveBeenCalledOnce();
    expect(auto.getState().notice).toBe(TURNED_OFF);
  });

  test("do not stop what a person began", () => {
    auto.update({ note: NOT_WANTED, connected: true, recording: STARTING });
    auto.update({ note: WANTED, connected: true, recording: RECORDING });
    auto.update({ note: NOT_WANTED, connected: true, recording: RECORDING });
    expect(controls.stop).not.toHaveBeenCalled();
    expect(auto.getState().isByPolicy).toBe(false);
  });
});

test("a session that is being ended is not recorded anew, unless ending it failed", () => {
  auto.rest(true);
  auto.update({ note: WANTED, connected: true, recording: READY });
  expect(controls.start).not.toHaveBeenCalled();
  auto.rest(false);
  expect(controls.start).toHaveBeenCalledOnce();
});
