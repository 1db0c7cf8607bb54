/** Runs a task when a lane is free. */
export type Lanes = <T>(task: () => Promise<T>) => Promise<T>;

/** Lets at most `running` tasks run and `waiting` more wait, first come first served; the rest are refused with `refusal`. */
export function createLanes(
  limits: { readonly running: number; readonly waiting: number },
  refusal: () => Error,
): Lanes {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (task) => {
    if (running < limits.running) {
      running += 1;
    } else {
      if (queue.length >= limits.waiting) throw refusal();
      // Whoever leaves hands its lane over, so `running` stays as it is.
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    try {
      return await task();
    } finally {
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
