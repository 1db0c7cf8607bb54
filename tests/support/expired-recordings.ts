import { randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "@/lib/db/database";

export const DAY_MS = 24 * 60 * 60 * 1000;

export interface Kept {
  readonly sessionId: string;
  readonly userId: string;
  readonly daysAgo: number;
  readonly count?: number;
  readonly status?: "ready" | "failed" | "uploading" | "recording";
  /** What their rows say; `local` by default. */
  readonly backend?: "local" | "s3";
  /** Where local storage keeps its files; without it the rows have none. */
  readonly root?: string | undefined;
}

/** Recordings that became what they are so many days ago, with small files. Returns their ids. */
export async function keepRecordings(db: Database, kept: Kept): Promise<string[]> {
  const { sessionId, userId, daysAgo, count = 1, status = "ready", backend = "local", root } = kept;
  const at = new Date(Date.now() - daysAgo * DAY_MS);
  // As the product names them: a directory for each month.
  const month = at.toISOString().slice(0, 7).replace("-", "/");
  const isFinal = status === "ready" || status === "failed";
  const rows = Array.from({ length: count }, (_, index) => {
    const id = randomUUID();
    return {
      ...{ id, sessionId, userId, status, filename: filenameOf(at, index), createdAt: at },
      ...{ storageBackend: backend, storageKey: `${month}/${id}.webm` },
      ...{ sizeBytes: 4n, durationMs: status === "ready" ? 1_000n : null },
      failReason: status === "failed" ? "nothing_captured" : null,
      stoppedAt: status === "recording" ? null : at,
      completedAt: isFinal ? new Date(at.getTime() + index) : null,
    };
  });
  if (root !== undefined) {
    const keys = rows.map(({ storageKey }) => storageKey);
    await writeFiles(root, month, keys);
  }
  await db.recording.createMany({ data: rows });
  return rows.map(({ id }) => id);
}

/** As the product names them for a person: what an index of words makes of it is part of what a sweep costs. */
function filenameOf(at: Date, index: number): string {
  const [day = "", time = ""] = new Date(at.getTime() - index * 61_000).toISOString().split("T");
  return `Desktop ${day} ${time.slice(0, 8).replaceAll(":", ".")}.webm`;
}

/** Each with its poster; many at a time, for benchmarks keep a hundred thousand. */
async function writeFiles(root: string, folder: string, keys: readonly string[]): Promise<void> {
  await mkdir(join(root, folder), { recursive: true });
  for (let at = 0; at < keys.length; at += 100) {
    const files = keys.slice(at, at + 100).map((key) => join(root, key));
    await Promise.all(
      files.flatMap((file) => [writeFile(file, "webm"), writeFile(`${file}.poster.webp`, "webp")]),
    );
  }
}
