import { assertNever } from "@/lib/errors/assert-never";
import type { RecordingJson, RecordingSort } from "@/lib/recordings/recording-schema";
import { compareIds, newestFirst, type Order } from "../list/merge-pages";

/**
 * The server's order, for the rows that come in while somebody looks; null where the browser cannot know it:
 * names are compared as the database's language has it.
 */
export function orderOf(sort: RecordingSort): Order<RecordingJson> | null {
  switch (sort) {
    case "newest":
      return newestFirst;
    case "oldest":
      return (a, b) => newestFirst(b, a);
    case "largest":
      return greatestFirst(sizeBytes);
    case "smallest":
      return (a, b) => greatestFirst(sizeBytes)(b, a);
    case "longest":
      return greatestFirst(durationSeconds);
    case "shortest":
      return (a, b) => greatestFirst(durationSeconds)(b, a);
    case "user_a_z":
    case "user_z_a":
      return null;
    default:
      return assertNever(sort);
  }
}

function greatestFirst(keyOf: (row: RecordingJson) => number): Order<RecordingJson> {
  return (a, b) => keyOf(b) - keyOf(a) || compareIds(b.id, a.id);
}

/** As the server sorts: what is not finished is of no size yet. */
const sizeBytes = ({ status, size_bytes }: RecordingJson) =>
  status === "ready" || status === "failed" ? size_bytes : 0;

const durationSeconds = ({ duration_seconds }: RecordingJson) => duration_seconds ?? 0;
