interface Mark {
  readonly bytes: number;
  readonly atMs: number;
}

/**
 * Turns "so many bytes are on the server" into "so much of the recording is". The number of chunks says nothing
 * about time, so each spooled chunk leaves a mark of how far the recording had come with it.
 */
export class SafeTimeline {
  private marks: Mark[] = [];
  private safeMs = 0;

  /** The spool holds `bytes`, which cover the recording up to `atMs`. */
  mark(bytes: number, atMs: number): void {
    this.marks.push({ bytes, atMs });
  }

  /** The moment up to which the first `bytes` cover the recording; forgets the marks it passed. */
  safeAt(bytes: number): number {
    const firstUnsafe = this.marks.findIndex((mark) => mark.bytes > bytes);
    const safe = this.marks.splice(0, firstUnsafe === -1 ? this.marks.length : firstUnsafe);
    this.safeMs = safe.at(-1)?.atMs ?? this.safeMs;
    return this.safeMs;
  }
}
