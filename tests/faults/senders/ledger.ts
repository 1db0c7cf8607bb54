/** What a sender was promised of one recording, and what it had to send. */
export class Ledger {
  /** What nobody may ever do, in words. */
  readonly offences: string[] = [];
  private acknowledged = 0;
  private stepsBack = 0;
  /** Answers that no sender should ever see, with how often. */
  private readonly rude = new Map<string, number>();

  /** `source` is the sender's stream, as much of it as there is by now; `length` that of the whole, null while open. */
  constructor(
    readonly recordingId: string,
    readonly source: () => Uint8Array,
    readonly length: () => number | null,
  ) {}

  /** The most that the server ever said it had. */
  get acknowledgedBytes(): number {
    return this.acknowledged;
  }

  /** Bytes that the server said it had, and later said that it had not. */
  get takenBackBytes(): number {
    return this.stepsBack;
  }

  /** The server says that it holds so many bytes. */
  acknowledge(offset: number): void {
    const missing = this.acknowledged - offset;
    if (missing > 0) {
      this.stepsBack = Math.max(this.stepsBack, missing);
      this.offences.push(`the offset went back from ${this.acknowledged} to ${offset}`);
    }
    this.acknowledged = Math.max(this.acknowledged, offset);
  }

  /** The server answered with a status that is no answer to a sender who did nothing wrong. */
  noteRudeAnswer(method: string, status: number, words: string): void {
    const answer = `${method} answered ${status}: ${words.replace(REQUEST_ID, "")}`;
    this.rude.set(answer, (this.rude.get(answer) ?? 0) + 1);
  }

  get rudeAnswers(): readonly string[] {
    return [...this.rude].map(([answer, times]) => `${answer} (${times}×)`);
  }
}

/** Different in each answer. */
const REQUEST_ID = /,?"request_id":"[^"]*"/;

/** What a sender is told when something is away, or when another request of its own is still at work. */
const POLITE_STATUSES: ReadonlySet<number> = new Set([200, 201, 204, 409, 423, 429, 503, 507]);

export function isPolite(status: number): boolean {
  return POLITE_STATUSES.has(status);
}
