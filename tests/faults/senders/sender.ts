import type { Ledger } from "./ledger";

/** Whoever makes recordings and sends them while everything fails around it. */
export interface Sender {
  readonly ledgers: readonly Ledger[];
  /** Resolves when all of it is on the server, or when the sender was killed. */
  readonly ended: Promise<void>;
  /** With no chance to say goodbye. */
  kill(): Promise<void>;
  /** Goes on with what it still has, after it was killed. Null where it has nothing. */
  readonly comeBack: (() => Promise<void>) | null;
  /** Sets the clock of the page that records wrong by so many hours; null where there is no page. */
  readonly setClock: ((hours: number) => Promise<void>) | null;
  /** Milliseconds of pictures that existed when it was killed; null where that is not known. */
  readonly shownMs: number | null;
  close(): Promise<void>;
}
