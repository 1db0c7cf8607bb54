import { describe, expect, it } from "vitest";
import type { Unfinished } from "@/lib/recorder/recovery";
import { recoveryAnnouncement, recoveryInWords } from "./recovery-words";

const MEBIBYTE = 1024 * 1024;

const unfinished = {
  recordingId: "r1",
  appName: "Desktop",
  createdAt: "2026-11-21T14:03:09.000Z",
  keptBytes: 18 * MEBIBYTE,
};
const online = { state: "online" } as const;
const at = (safeBytes: number, link: SendingState["link"] = online): Unfinished => ({
  ...unfinished,
  state: { phase: "sending", progress: { safeBytes, totalBytes: 18 * MEBIBYTE }, link },
});
type SendingState = Extract<Unfinished["state"], { phase: "sending" }>;

const wordsOf = (state: Unfinished["state"]) => recoveryInWords({ ...unfinished, state }, "UTC");

describe("What is said of a recording that was not finished", () => {
  it("tells which one it is and how much of it is safe", () => {
    expect(recoveryInWords(at(12.3 * MEBIBYTE), "UTC")).toEqual({
      title: "A recording of Desktop from 2026-11-21 14:03 was not finished.",
      text: "Sending the rest… 12.3 MB of 18.0 MB",
    });
  });

  it("tells while the server is away what is kept, also before anything was heard of it", () => {
    const retrying = { state: "retrying", nextAttemptAt: 0 } as const;
    const away = recoveryInWords(at(12 * MEBIBYTE, retrying), "UTC").text;
    expect(away).toContain("6.0 MB are kept on this computer and will be sent");
    const unheard = wordsOf({ phase: "sending", progress: null, link: retrying }).text;
    expect(unheard).toContain("18.0 MB are kept on this computer");
  });

  it("tells what a person has to do first", () => {
    const reason = "You are signed out. Sign in again in another tab.";
    expect(recoveryInWords(at(0, { state: "blocked", reason }), "UTC").text).toBe(reason);
  });

  it("tells that it is saved, and when it was cut at the limit", () => {
    expect(wordsOf({ phase: "saved", truncated: false })).toEqual({
      title: "The recording of Desktop from 2026-11-21 14:03 is saved.",
      text: "",
    });
    expect(wordsOf({ phase: "saved", truncated: true }).text).toContain("size limit");
  });

  it("tells why it failed and what is kept", () => {
    expect(wordsOf({ phase: "failed", reason: "The file is no recording." }).text).toBe(
      "The file is no recording. 18.0 MB of it are kept on this computer.",
    );
    expect(wordsOf({ phase: "gone", isOurs: true }).text).toContain("deleted");
  });

  it("names no app and no person for bytes that nobody can claim", () => {
    const { title, text } = wordsOf({ phase: "gone", isOurs: false });
    expect(`${title} ${text}`).not.toContain("Desktop");
    expect(text).toContain("Nobody can tell whose it is.");
  });

  it("says aloud what happens, and not every byte", () => {
    expect(recoveryAnnouncement(at(1), "UTC")).toBe(recoveryAnnouncement(at(9), "UTC"));
    expect(recoveryAnnouncement(at(1), "UTC")).toMatch(/was not finished\. Sending the rest\.$/);
  });
});
