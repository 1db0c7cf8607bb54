/** A promise of the design, measured: ours beside a peer in the same run. */
export interface BenchRow {
  readonly id: `P${number}`;
  /** What both did. */
  readonly work: string;
  readonly ours: string;
  readonly peer: string;
  /** Ours to the peer's; the bar says which way is good. */
  readonly ratio: number;
  readonly bar: string;
  readonly holds: boolean;
}

/** Value at `part` (0 to 1) of the sorted values. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

export const milliseconds = (value: number): string =>
  value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
