import type { RecordingJson } from "@/lib/recordings/recording-schema";

/** How long a deletion waits to be taken back, in milliseconds. */
export const UNDO_MS = 10_000;

/** What somebody leaves who takes a deletion back by leaving: a list of recordings, or the page of one. */
export type RemovalPlace = "list" | "page";

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
