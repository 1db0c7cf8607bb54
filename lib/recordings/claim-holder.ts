import type { DatabaseOrTransaction } from "@/lib/db/database";
import { uploadLocked } from "./append-registry";
import { type Claim, CLAIM_RENEWAL_MS, releaseClaim, renewClaim } from "./recording-claim";

/**
 * Holds a claim while bytes trickle in. Asked before every write, it makes sure that this process
 * still may: one that was asleep finds out before it overwrites what its successor wrote.
 */
export class ClaimHolder {
  private renewedAt = performance.now();

  constructor(
    private readonly db: DatabaseOrTransaction,
    readonly claim: Claim,
  ) {}

  /** @throws AppError `upload_locked` when somebody else has taken over */
  async keep(): Promise<void> {
    if (performance.now() - this.renewedAt >= CLAIM_RENEWAL_MS) await this.confirm();
  }

  /**
   * The same, however lately it was known: to be asked before what cannot be taken back. A machine that was
   * paused may not notice that time went by. @throws AppError `upload_locked`
   */
  async confirm(): Promise<void> {
    if (!(await renewClaim(this.db, this.claim))) throw uploadLocked();
    this.renewedAt = performance.now();
  }

  /**
   * Holds the claim for as long as `work` takes: a storage may be slow without anybody having died.
   * Not for waiting on a sender, whose silence is to end the claim.
   */
  async keepDuring<T>(work: () => Promise<T>): Promise<T> {
    // Losing it is found out at the update that the claim guards.
    const timer = setInterval(() => void this.keep().catch(() => undefined), CLAIM_RENEWAL_MS);
    try {
      return await work();
    } finally {
      clearInterval(timer);
    }
  }

  release(): Promise<void> {
    return releaseClaim(this.db, this.claim);
  }
}
