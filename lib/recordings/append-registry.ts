import { AppError } from "@/lib/errors/app-error";

/** An append that has shown no byte for this long gives way to a newer one. */
const STALLED_AFTER_MS = 2_000;

/** Whose append it is: nobody's request may end, or keep out, another user's. */
interface Sender {
  readonly recordingId: string;
  readonly userId: string;
}

/** One append's place in the registry. */
export interface AppendTurn {
  /** Aborted when a newer append or a deletion wants this one to end; what arrived is still kept. */
  readonly signal: AbortSignal;
  /** To be called whenever bytes arrive: the append is alive. */
  progress(): void;
  /** Ends the turn; must be called exactly once. */
  leave(): void;
}

interface ActiveAppend {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
  lastProgressAt: number;
}

/**
 * The appends that run in this process, at most one for each sender. When a network goes away the
 * old request lingers, half open, while its sender is back with a new one: the new one ends the old.
 * Between processes the claim in the recording's row decides instead.
 */
export class AppendRegistry {
  private readonly active = new Map<string, ActiveAppend>();
  private readonly stalledAfterMs: number;

  constructor({ stalledAfterMs = STALLED_AFTER_MS }: { readonly stalledAfterMs?: number } = {}) {
    this.stalledAfterMs = stalledAfterMs;
  }

  /** Waits for the sender's stalled append to let go. @throws AppError `upload_locked` when one is alive */
  async enter(sender: Sender): Promise<AppendTurn> {
    const key = keyOf(sender);
    for (let other = this.active.get(key); other; other = this.active.get(key)) {
      if (performance.now() - other.lastProgressAt < this.stalledAfterMs) throw uploadLocked();
      other.controller.abort();
      await other.ended;
    }
    return this.begin(key);
  }

  /** Ends the sender's append, if there is one, and waits until it has let go. */
  async cancel(sender: Sender): Promise<void> {
    const other = this.active.get(keyOf(sender));
    other?.controller.abort();
    await other?.ended;
  }

  private begin(key: string): AppendTurn {
    const controller = new AbortController();
    let settle: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (settle = resolve));
    const append: ActiveAppend = { controller, ended, lastProgressAt: performance.now() };
    this.active.set(key, append);
    return {
      signal: controller.signal,
      progress: () => (append.lastProgressAt = performance.now()),
      leave: () => {
        this.active.delete(key);
        settle();
      },
    };
  }
}

function keyOf({ recordingId, userId }: Sender): string {
  return `${userId} ${recordingId}`;
}

/** Somebody else is appending; it will not take long. */
export function uploadLocked(): AppError {
  return new AppError(
    "upload_locked",
    "Another request is adding to this recording. Try again in a moment.",
    { retryAfterSeconds: 1 },
  );
}
