/** Something that is asked again and again. */
export interface Polling {
  /** Asks at once, or right after what is under way: that one may have been answered already. */
  readonly now: () => void;
  readonly stop: () => void;
}

/**
 * Runs `poll`, which never rejects, again and again while the tab is visible: `everyMs` after the last run
 * ended, and at once when the tab becomes visible or the network is back. A run is told through its signal that
 * polling stopped.
 */
export function startPolling(
  poll: (signal: AbortSignal) => Promise<void>,
  everyMs: number,
): Polling {
  const leaving = new AbortController();
  let isRunning = false;
  let isAskedAgain = false;
  const now = () => {
    if (document.hidden || leaving.signal.aborted) return;
    if (isRunning) isAskedAgain = true;
    else void run();
  };
  let timer = setTimeout(now, everyMs);
  const run = async () => {
    isRunning = true;
    clearTimeout(timer);
    await poll(leaving.signal);
    isRunning = false;
    if (leaving.signal.aborted) return;
    timer = setTimeout(now, isAskedAgain ? 0 : everyMs);
    isAskedAgain = false;
  };
  document.addEventListener("visibilitychange", now);
  window.addEventListener("online", now);
  const stop = () => {
    leaving.abort();
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", now);
    window.removeEventListener("online", now);
  };
  return { now, stop };
}
