import type { Clock } from "./clock";

/** Something to wait for: `wait` resolves at the next `ring`, or after the time given. */
export class Signal {
  private readonly waiting = new Set<() => void>();

  ring(): void {
    const waiting = [...this.waiting];
    for (const resume of waiting) resume();
  }

  async wait(clock: Clock, longestMs: number | null): Promise<void> {
    await new Promise<void>((resolve) => {
      const resume = () => {
        this.waiting.delete(resume);
        cancel();
        resolve();
      };
      const cancel = longestMs === null ? () => undefined : clock.after(longestMs, resume);
      this.waiting.add(resume);
    });
  }
}
