import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase } from "@/lib/db/database";
import { migrate } from "@/lib/db/migrate";
import { createLogger } from "@/lib/logging/logger";
import { sweepRetention } from "@/lib/retention/sweep-retention";
import { LocalRecordingStore } from "@/lib/storage/local-recording-store";
import { KillablePostgres } from "../faults/killable-postgres";
import { keepRecordings } from "../support/expired-recordings";

const COUNT = 2_000;

/** Deletes like the one it is, and has the database killed after so many batches. */
class DeadlyStore extends LocalRecordingStore {
  private batches = 0;

  constructor(
    root: string,
    private readonly fatalBatch: number,
    private readonly kill: () => Promise<void>,
  ) {
    super(root);
  }

  override async deleteMany(...[objects]: Parameters<LocalRecordingStore["deleteMany"]>) {
    const kept = await super.deleteMany(objects);
    this.batches += 1;
    if (this.batches === this.fatalBatch) await this.kill();
    return kept;
  }
}

test("a database that is killed in the middle of a sweep forgets no deletion: the next sweep ends it, once", async () => {
  const root = await mkdtemp(join(tmpdir(), "sortie-sweep-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const postgres = await KillablePostgres.start();
  onTestFinished(() => postgres.close());
  await migrate(postgres.url);
  const db = openDatabase(postgres.url, 4);
  onTestFinished(() => db.$disconnect());
  const { id: userId } = await db.user.create({
    data: { username: "ana", displayName: "Ana", passwordHash: "-" },
  });
  await db.app.create({
    data: { id: "desktop", name: "Desktop", kind: "desktop", description: "" },
  });
  const { id: sessionId } = await db.session.create({
    data: { appId: "desktop", userId, provider: "local" },
  });
  await keepRecordings(db, { sessionId, userId, root, daysAgo: 31, count: COUNT });
  const log = createLogger("silent", "test");
  const sweep = (store: LocalRecordingStore) => sweepRetention({ db, store, log, defaultDays: 30 });

  const deadly = new DeadlyStore(root, 3, () => postgres.kill());
  await expect(sweep(deadly)).rejects.toThrow();
  await postgres.startAgain();
  // Runs out by itself ten seconds after the worker was last heard of; this one is known to be gone.
  await db.retentionBatch.updateMany({ data: { expiresAt: new Date() } });
  expect(await db.recording.count()).toBeGreaterThan(0);
  expect(await sweep(new LocalRecordingStore(root))).toMatchObject({ state: "done" });

  expect(await db.recording.count()).toBe(0);
  expect(await db.retentionBatch.count()).toBe(0);
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  expect(files.filter((file) => file.isFile())).toEqual([]);
  const events = await db.auditEvent.findMany({ where: { action: "recording.delete" } });
  expect(events).toHaveLength(COUNT);
  expect(new Set(events.map(({ targetId }) => targetId)).size).toBe(COUNT);
});
