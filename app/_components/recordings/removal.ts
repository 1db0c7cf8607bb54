import type { RecordingJson } from "@/lib/recordings/recording-schema";

/** How long a deletion waits to be taken back, in milliseconds. */
export const UNDO_MS = 10_000;

/** Recordings on their way out. Nothing is asked of the server before the time to take it back is over. */
export type Removal =
  | {
      readonly phase: "waiting";
      readonly recordings: readonly RecordingJson[];
      readonly untilMs: number;
    }
  | {
      readonly phase: "deleting";
      readonly recordings: readonly RecordingJson[];
      readonly done: number;
    };

export interface RemovalResult {
  readonly deleted: number;
  /** Those that are still there: not reached when it was stopped, or refused. */
  readonly left: readonly RecordingJson[];
  /** Why the first that was refused was; null when none was. */
  readonly problem: unknown;
}

/** Deletes one after the other until `signal` aborts. One that is refused stays; the others still go. */
export async function removeAll(
  recordings: readonly RecordingJson[],
  remove: (id: string) => Promise<void>,
  { signal, onDone }: { readonly signal: AbortSignal; readonly onDone: (done: number) => void },
): Promise<RemovalResult> {
  const left: RecordingJson[] = [];
  let problem: unknown = null;
  for (const [index, recording] of recordings.entries()) {
    if (signal.aborted) {
      left.push(...recordings.slice(index));
      break;
    }
    try {
      await remove(recording.id);
    } catch (error) {
      left.push(recording);
      problem ??= error;
    }
    onDone(index + 1);
  }
  return { deleted: recordings.length - left.length, left, problem };
}
