import type { RecordingJson } from "@/lib/recordings/recording-schema";

/** A moment of a recording that is worth pointing out. */
export interface Mark {
  readonly id: "start" | "end";
  readonly seconds: number;
  /** Short enough to stand beside others. */
  readonly word: string;
}

type Marked = Pick<
  RecordingJson,
  "origin" | "username" | "truncated" | "interrupted" | "recovered" | "duration_seconds"
>;

/** What is known of moments of a recording: who or what began it, and why it ends where it does. */
export function marksOf(recording: Marked): readonly Mark[] {
  const { duration_seconds: duration } = recording;
  const start: Mark = { id: "start", seconds: 0, word: beginning(recording) };
  const word = ending(recording);
  if (duration === null || word === null) return [start];
  return [start, { id: "end", seconds: duration, word }];
}

function beginning({ origin, username }: Marked): string {
  switch (origin) {
    case "user":
      return `Started by ${username}`;
    case "policy":
      return "Started by policy";
    case "upload":
      return `Sent as a file by ${username}`;
  }
}

function ending({ truncated, interrupted, recovered }: Marked): string | null {
  if (truncated) return "Cut at the limit here";
  if (interrupted) return "Interrupted here";
  return recovered ? "Its end was sent later" : null;
}
