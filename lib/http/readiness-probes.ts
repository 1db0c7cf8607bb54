import { setTimeout as delay } from "node:timers/promises";
import type { AnsweredRequest, RequestObserver } from "./follow-request";

/** Who has asked so lately will ask again. */
const LATELY_MS = 30_000;
/** Balancers ask every second or two; all that stopping takes has to fit into nine. */
const NOTICE_MS = 2_000;

/** Who balances load over servers and asks `/readyz` whether this one is to have its share. */
export class ReadinessProbes implements RequestObserver {
  #lastAt: number | null = null;

  begun(): void {
    // Only answers count.
  }

  ended({ route }: AnsweredRequest): void {
    if (route === "/readyz") this.#lastAt = performance.now();
  }

  /** Gives balancers time to hear that this server is stopping; none where nobody asks. */
  async untilHeard(): Promise<void> {
    if (this.#lastAt === null || performance.now() - this.#lastAt > LATELY_MS) return;
    await delay(NOTICE_MS);
  }
}
