import { type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { IS_BEGUN_BY_SWEEP } from "@/lib/holds/begun-deletion";
import type { StorageState } from "@/lib/storage/recording-store";
import { IS_UNCLAIMED } from "./recording-claim";
import type { FailReason, RecordingStatus } from "./recording-state";

/** What the database says of one recording's bytes. */
export interface StorageRow {
  readonly id: string;
  readonly key: string;
  readonly backend: "local" | "s3";
  readonly status: RecordingStatus;
  readonly failReason: FailReason | null;
  readonly sizeBytes: number;
  readonly uploadOffset: number;
  readonly hasPoster: boolean;
  /** Null for a finished recording, which consists of its file alone. */
  readonly state: StorageState;
  /** Somebody is changing its bytes now. */
  readonly isClaimed: boolean;
  /** Another after every change of the row. */
  readonly version: string;
}

const BATCH = 1_000;

interface RawRow {
  id: string;
  storage_key: string;
  storage_backend: "local" | "s3";
  status: RecordingStatus;
  fail_reason: FailReason | null;
  size_bytes: bigint;
  upload_offset: bigint;
  has_poster: boolean;
  storage_state: StorageState;
  is_claimed: boolean;
  version: string;
}

const COLUMNS = Prisma.sql`
  "id", "storage_key", "storage_backend"::text, "status"::text, "fail_reason", "size_bytes",
  "upload_offset", "has_poster",
  CASE WHEN "status" = 'ready' THEN NULL ELSE "storage_state" END AS "storage_state",
  ${IS_UNCLAIMED} IS NOT TRUE OR ${IS_BEGUN_BY_SWEEP} AS "is_claimed",
  "xmin"::text AS "version"`;

/** All rows in the order of their keys, a batch at a time. */
export async function* rowsByKey(
  db: DatabaseOrTransaction,
  batch = BATCH,
): AsyncGenerator<StorageRow> {
  for (let after: string | undefined = ""; after !== undefined;) {
    const rows: RawRow[] = await db.$queryRaw<RawRow[]>`
      SELECT ${COLUMNS} FROM "recordings"
       WHERE "storage_key" > ${after} ORDER BY "storage_key" LIMIT ${batch}::int`;
    yield* rows.map(toRow);
    after = rows.at(-1)?.storage_key;
  }
}

/** The rows of these keys, by key. */
export async function findRows(
  db: DatabaseOrTransaction,
  keys: readonly string[],
): Promise<ReadonlyMap<string, StorageRow>> {
  if (keys.length === 0) return new Map();
  const rows = await db.$queryRaw<RawRow[]>`
    SELECT ${COLUMNS} FROM "recordings" WHERE "storage_key" = ANY(${[...keys]}::text[])`;
  return new Map(rows.map((row) => [row.storage_key, toRow(row)]));
}

export async function findRow(db: DatabaseOrTransaction, key: string): Promise<StorageRow | null> {
  return (await findRows(db, [key])).get(key) ?? null;
}

function toRow(row: RawRow): StorageRow {
  return {
    id: row.id,
    key: row.storage_key,
    backend: row.storage_backend,
    status: row.status,
    failReason: row.fail_reason,
    sizeBytes: Number(row.size_bytes),
    uploadOffset: Number(row.upload_offset),
    hasPoster: row.has_poster,
    state: row.storage_state,
    isClaimed: row.is_claimed,
    version: row.version,
  };
}
