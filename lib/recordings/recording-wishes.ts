import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { Logger } from "@/lib/logging/logger";
import { findRecordingWishes, type RecordingWish } from "./recording-wish";

interface WishesDeps {
  readonly db: DatabaseOrTransaction;
  readonly log: Pick<Logger, "warn">;
}

type Listener = (wish: RecordingWish) => void;

/** Twice within the second in which open tabs are to learn of a change. */
const LOOK_EVERY_MS = 500;

/**
 * Tells open tabs what administrators want recorded, and of each change. Looks for all tabs of this process
 * at once, and not at all while there are none: whichever process made a change, and whatever stands between
 * us and the database, nobody has to pass it on. One for a process.
 */
export class RecordingWishes {
  readonly #listeners = new Map<Listener, string>();
  readonly #told = new Map<Listener, RecordingWish>();
  #timer: ReturnType<typeof setInterval> | null = null;
  #isLooking = false;

  constructor(private readonly deps: WishesDeps) {}

  /** Calls `listener` soon, and then whenever what is wanted of the session changes; returns what ends that. */
  watch(sessionId: string, listener: Listener): () => void {
    this.#listeners.set(listener, sessionId);
    this.#timer ??= setInterval(() => void this.#look(), LOOK_EVERY_MS).unref();
    void this.#look();
    return () => {
      this.#listeners.delete(listener);
      this.#told.delete(listener);
      if (this.#listeners.size > 0 || this.#timer === null) return;
      clearInterval(this.#timer);
      this.#timer = null;
    };
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const wishes = await findRecordingWishes(this.deps.db, [
        ...new Set(this.#listeners.values()),
      ]);
      for (const [listener, sessionId] of this.#listeners) {
        const wish = wishes.get(sessionId);
        if (wish !== undefined) this.#tell(listener, wish);
      }
    } catch (err) {
      // What was wanted last holds until the database is back.
      this.deps.log.warn({ err }, "it cannot be told which sessions are to be recorded");
    } finally {
      this.#isLooking = false;
    }
  }

  #tell(listener: Listener, wish: RecordingWish): void {
    const told = this.#told.get(listener);
    if (told?.wanted === wish.wanted && told.recorded === wish.recorded) return;
    this.#told.set(listener, wish);
    listener(wish);
  }
}
