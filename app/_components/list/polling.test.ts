import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Polling, startPolling } from "./polling";

const EVERY_MS = 2_000;

let page: EventTarget & { hidden: boolean };
let polling: Polling;

beforeEach(() => {
  vi.useFakeTimers();
  page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", new EventTarget());
});
afterEach(() => {
  polling.stop();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("A page that keeps up with the server", () => {
  it("asks again a while after each answer", async () => {
    const poll = vi.fn(() => Promise.resolve());
    polling = startPolling(poll, EVERY_MS);
    await vi.advanceTimersByTimeAsync(3 * EVERY_MS);
    expect(poll).toHaveBeenCalledTimes(3);
  });

  it("asks once more at once when something changed while an answer was on its way", async () => {
    let answer: () => void = () => undefined;
    const onItsWay = new Promise<void>((resolve) => (answer = resolve));
    const poll = vi.fn(() => Promise.resolve()).mockReturnValueOnce(onItsWay);
    polling = startPolling(poll, EVERY_MS);
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    polling.now();
    polling.now();
    expect(poll).toHaveBeenCalledTimes(1);
    answer();
    await vi.advanceTimersByTimeAsync(1);
    expect(poll).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(EVERY_MS - 2);
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it("asks nothing while nobody sees it, and at once when somebody does", async () => {
    const poll = vi.fn(() => Promise.resolve());
    polling = startPolling(poll, EVERY_MS);
    page.hidden = true;
    await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(poll).not.toHaveBeenCalled();
    page.hidden = false;
    page.dispatchEvent(new Event("visibilitychange"));
    expect(poll).toHaveBeenCalledTimes(1);
  });

  it("asks at once when the network is back", () => {
    const poll = vi.fn(() => Promise.resolve());
    polling = startPolling(poll, EVERY_MS);
    window.dispatchEvent(new Event("online"));
    expect(poll).toHaveBeenCalledTimes(1);
  });

  it("asks nothing any more once it is left", async () => {
    const poll = vi.fn(() => Promise.resolve());
    polling = startPolling(poll, EVERY_MS);
    polling.stop();
    polling.now();
    await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(poll).not.toHaveBeenCalled();
  });
});
