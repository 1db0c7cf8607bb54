import { randomUUID } from "node:crypto";
import type { Database } from "@/lib/db/database";

const MINUTE_MS = 60_000;

/** What a list shows of a recording; everything else is made up. */
export interface ListedRecording {
  readonly description: string;
  readonly status: "recording" | "uploading" | "ready" | "failed";
  readonly minutesAgo: number;
}

/** Rows for the lists, without a file behind them. Returns their ids in the same order. */
export async function insertRecordings(
  db: Database,
  username: string,
  recordings: readonly ListedRecording[],
): Promise<string[]> {
  const { id: userId } = await db.user.findUniqueOrThrow({ where: { username } });
  const session = await db.session.create({
    data: { appId: "desktop", userId, provider: "local", status: "running", startedAt: new Date() },
  });
  const rows = recordings.map((recording) => ({
    id: randomUUID(),
    userId,
    sessionId: session.id,
    ...columnsOf(recording),
  }));
  await db.recording.createMany({ data: rows });
  return rows.map(({ id }) => id);
}

/** A recording that was being made becomes ready, as the seal would have it. */
export async function finishRecording(db: Database, id: string): Promise<void> {
  await db.recording.update({
    where: { id },
    data: { ...READY, stoppedAt: new Date(), completedAt: new Date() },
  });
}

const READY = {
  status: "ready",
  durationMs: 95_000n,
  sizeBytes: 7_340_032n,
  codec: "vp9",
  width: 1280,
  height: 720,
} as const;

function columnsOf({ description, status, minutesAgo }: ListedRecording) {
  const createdAt = new Date(Date.now() - minutesAgo * MINUTE_MS);
  const isFinal = status === "ready" || status === "failed";
  return {
    ...(status === "ready" ? READY : { status }),
    description,
    filename: `desktop-${minutesAgo}.webm`,
    storageBackend: "local" as const,
    storageKey: randomUUID(),
    uploadOffset: status === "failed" ? 0n : 3_355_443n,
    failReason: status === "failed" ? "nothing_captured" : null,
    createdAt,
    stoppedAt: status === "recording" ? null : createdAt,
    completedAt: isFinal ? createdAt : null,
  };
}
