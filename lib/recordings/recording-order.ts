import { Prisma } from "@/lib/db/database";
import { assertNever } from "@/lib/errors/assert-never";
import type { Recording } from "./recording-repository";
import type { RecordingSort } from "./recording-schema";

/** Where a row stands in each order that lists have: its keys. */
export interface ListPosition {
  readonly id: string;
  readonly createdAt: Date;
  /** Zero until the recording is ready or failed. */
  readonly sizeBytes: number;
  /** Zero while it is not known. */
  readonly durationMs: number;
  readonly username: string;
}

export function positionOf(recording: Recording): ListPosition {
  const { id, createdAt, status, sizeBytes, durationMs, username } = recording;
  const isFinal = status === "ready" || status === "failed";
  return {
    id,
    createdAt,
    sizeBytes: isFinal ? sizeBytes : 0,
    durationMs: durationMs ?? 0,
    username,
  };
}

/** The columns of an order without the last, which is the id, and what a row has there. */
function keysOf(sort: RecordingSort) {
  switch (sort) {
    case "newest":
    case "oldest":
      return { columns: ["created_at"], values: timeOf };
    case "largest":
    case "smallest":
      return { columns: ["sort_size_bytes"], values: sizeOf };
    case "longest":
    case "shortest":
      return { columns: ["sort_duration_ms"], values: durationOf };
    case "user_a_z":
    case "user_z_a":
      return { columns: ["username", "created_at"], values: userOf };
    default:
      return assertNever(sort);
  }
}

const timeOf = ({ createdAt }: ListPosition) => [Prisma.sql`${createdAt}::timestamptz`];
const sizeOf = ({ sizeBytes }: ListPosition) => [Prisma.sql`${sizeBytes}::bigint`];
const durationOf = ({ durationMs }: ListPosition) => [Prisma.sql`${durationMs}::bigint`];
const userOf = ({ username, createdAt }: ListPosition) => [
  Prisma.sql`${username}::text`,
  Prisma.sql`${createdAt}::timestamptz`,
];

const DESCENDING: ReadonlySet<RecordingSort> = new Set([
  "newest",
  "largest",
  "longest",
  "user_z_a",
]);

/** `ORDER BY` of a list: all keys in one direction, so that an index serves it both ways. */
export function orderBy(sort: RecordingSort): Prisma.Sql {
  const direction = Prisma.raw(DESCENDING.has(sort) ? "DESC" : "ASC");
  const keys = [...keysOf(sort).columns, "id"].map(
    (column) => Prisma.sql`${Prisma.raw(`"${column}"`)} ${direction}`,
  );
  return Prisma.sql`ORDER BY ${Prisma.join(keys)}`;
}

/** The condition for rows after `position`. */
export function beyondPosition(sort: RecordingSort, position: ListPosition): Prisma.Sql {
  const { columns, values } = keysOf(sort);
  const left = Prisma.raw([...columns, "id"].map((column) => `"${column}"`).join(", "));
  const right = Prisma.join([...values(position), Prisma.sql`${position.id}::uuid`]);
  const than = Prisma.raw(DESCENDING.has(sort) ? "<" : ">");
  return Prisma.sql`(${left}) ${than} (${right})`;
}
