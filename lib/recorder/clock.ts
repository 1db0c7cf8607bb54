/** Ends a timer; calling it again does nothing. */
export type Cancel = () => void;

/** Time for everything in the recorder, so that hidden tabs do not slow it down and tests can pace it. */
export interface Clock {
  /** Milliseconds on a monotonic clock. */
  now(): number;
  every(intervalMs: number, callback: () => void): Cancel;
  after(delayMs: number, callback: () => void): Cancel;
}

/** What the clock's worker is asked; it answers a timer's id each time that timer fires. */
export type ClockRequest =
  | { readonly kind: "every" | "after"; readonly id: number; readonly delayMs: number }
  | { readonly kind: "cancel"; readonly id: number };

export interface WorkerClock extends Clock {
  /** Resolves when the worker cannot run: no timer fires then. */
  readonly failed: Promise<void>;
  /** Stops all timers and the worker. */
  close(): void;
}

/** A clock whose timers live in a worker, because browsers slow a hidden page's own timers to one a minute. */
export function createWorkerClock(): WorkerClock {
  const worker = new Worker(new URL("./clock-worker.ts", import.meta.url), { type: "module" });
  const callbacks = new Map<number, () => void>();
  let lastId = 0;

  const ask = (request: ClockRequest) => worker.postMessage(request);
  worker.addEventListener("message", (event: MessageEvent<number>) =>
    callbacks.get(event.data)?.(),
  );

  const failed = new Promise<void>((resolve) => {
    worker.addEventListener("error", () => resolve());
  });

  const begin = (kind: "every" | "after", delayMs: number, callback: () => void): Cancel => {
    const id = ++lastId;
    const cancel = () => {
      if (callbacks.delete(id)) ask({ kind: "cancel", id });
    };
    callbacks.set(id, () => {
      if (kind === "after") callbacks.delete(id);
      callback();
    });
    ask({ kind, id, delayMs });
    return cancel;
  };

  return {
    failed,
    now: () => performance.now(),
    every: (intervalMs, callback) => begin("every", intervalMs, callback),
    after: (delayMs, callback) => begin("after", delayMs, callback),
    close: () => {
      callbacks.clear();
      worker.terminate();
    },
  };
}

/** Resolves after `delayMs` of the clock. */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}
