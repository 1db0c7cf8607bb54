import type { RecordingJson } from "@/lib/recordings/recording-schema";

export interface BulkResult {
  /** How many it was done to. */
  readonly done: number;
  /** The others: not reached when it was stopped, or refused. */
  readonly left: readonly RecordingJson[];
  /** Why the first that was refused was; null when none was. */
  readonly problem: unknown;
}

/** Does something to one recording after the other until `signal` aborts. What one is refused, the others still get. */
export async function doToAll(
  recordings: readonly RecordingJson[],
  act: (recording: RecordingJson) => Promise<void>,
  { signal, onDone }: { readonly signal: AbortSignal; readonly onDone: (done: number) => void },
): Promise<BulkResult> {
  const left: RecordingJson[] = [];
  let problem: unknown = null;
  for (const [index, recording] of recordings.entries()) {
    if (signal.aborted) {
      left.push(...recordings.slice(index));
      break;
    }
    try {
      await act(recording);
    } catch (error) {
      left.push(recording);
      problem ??= error;
    }
    onDone(index + 1);
  }
  return { done: recordings.length - left.length, left, problem };
}
