import { describe, expect, it } from "vitest";
import { type Connection, type ConnectionEvent, nextConnection, retryDelayMs } from "./connection";

const NOW = 1_000_000;
const start: Connection = { phase: "preparing" };

const after = (...events: readonly ConnectionEvent[]) => events.reduce(nextConnection, start);
const dropped = (closeCode: number | null): ConnectionEvent => ({
  type: "dropped",
  closeCode,
  now: NOW,
});
const running: ConnectionEvent = { type: "session_running" };
const opened: ConnectionEvent = { type: "opened" };
const retry: ConnectionEvent = { type: "retry" };

describe("The tab's connection", () => {
  it("waits for the session, then connects", () => {
    expect(after(running).phase).toBe("connecting");
    expect(after(running, opened).phase).toBe("connected");
  });

  it.each([1006, 1012, 4401, null])("is tried again after a loss (%s)", (code) => {
    expect(after(running, opened, dropped(code))).toEqual({
      phase: "lost",
      attempt: 1,
      retryAt: NOW + 1_000,
    });
  });

  it("waits longer each time, at most half a minute, and forgets it after a success", () => {
    expect([1, 2, 3, 4, 5, 6, 60].map(retryDelayMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    const twice = after(running, opened, dropped(1006), retry, dropped(null));
    expect(twice).toMatchObject({ phase: "lost", attempt: 2, retryAt: NOW + 2_000 });
    const again = [retry, opened, dropped(1006)].reduce(nextConnection, twice);
    expect(again).toMatchObject({ attempt: 1 });
  });

  it.each([
    [4408, "ended"],
    [4409, "ended"],
    [4410, "ended"],
    [4403, "failed"],
    [4404, "failed"],
  ] as const)("is not tried again after %d", (code, phase) => {
    const state = after(running, opened, dropped(code));
    expect(state.phase).toBe(phase);
    expect("message" in state && state.message).toMatch(/\.$/);
  });

  it("takes the session's own sentence for the end", () => {
    const state = after(running, opened, dropped(4409), {
      type: "session_over",
      message: "You ended it.",
    });
    expect(state).toEqual({ phase: "ended", message: "You ended it." });
  });

  it("ignores what comes too late", () => {
    const over = after({ type: "session_over", message: "Over." });
    expect([opened, dropped(1006), retry, running].reduce(nextConnection, over)).toEqual(over);
    const lost = after(running, opened, dropped(1006));
    expect(nextConnection(lost, dropped(1006))).toBe(lost);
  });

  it("can be tried again by hand after a refusal", () => {
    const refused = after(running, { type: "refused", message: "Not allowed." });
    expect(refused).toEqual({ phase: "failed", message: "Not allowed." });
    expect(nextConnection(refused, retry).phase).toBe("connecting");
  });
});
