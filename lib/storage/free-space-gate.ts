export interface FreeSpaceLimits {
  /** Closed when less than this is free… */
  readonly closeBelowBytes: number;
  /** …and open again only when this much is: else a full disk would flap with every deleted file. */
  readonly openAboveBytes: number;
}

/** Decides whether there is room for new recordings, with hysteresis. */
export class FreeSpaceGate {
  private closed = false;

  constructor(private readonly limits: FreeSpaceLimits) {}

  /** Whether there is room, given what is free now. */
  admits(freeBytes: number): boolean {
    const { closeBelowBytes, openAboveBytes } = this.limits;
    this.closed = freeBytes < (this.closed ? openAboveBytes : closeBelowBytes);
    return !this.closed;
  }
}
