import type { Clock } from "./clock";

/** Something to wait for: `wait` resolves at the next `ring`, or after the time given. */
export class Signal {
  private waiting: (() => void)[] = [];

  ring(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resume of waiting) resume();
  }

  async wait(clock: Clock, longestMs: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = longestMs === null ? () => undefined : clock.after(longestMs, resolve);
      this.waiting.push(() => {
        cancel();
        resolve();
      });
    });
  }
}
