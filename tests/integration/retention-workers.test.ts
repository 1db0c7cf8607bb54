import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "@/lib/db/embedded/free-port";
import { enqueueOnce } from "@/lib/queue/enqueue-once";
import { insertRequestedRun } from "@/lib/retention/retention-run";
import { BuiltProcess, type LogEntry } from "../support/built-process";
import { keepRecordings } from "../support/expired-recordings";
import { createTestDatabase, type TestDatabase } from "../support/postgres";
import { requireCommand } from "../support/requirements";
import { testEnvironment } from "../support/services";

/** The workers as operators run them, on both places that jobs may be kept in. */
const QUEUES = [
  { name: "PostgreSQL", redis: false, here: true },
  { name: "Redis", redis: true, here: requireCommand("redis-server") !== null },
];

for (const { name, redis, here } of QUEUES) {
  describe.skipIf(!here)(`two workers whose jobs are kept in ${name}`, () => {
    let directory: string;
    let database: TestDatabase;
    let server: ChildProcess | undefined;
    let redisUrl: string | undefined;
    let workers: BuiltProcess[];
    const log: LogEntry[] = [];

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), "sortie-sweep-"));
      database = await createTestDatabase();
      if (redis) {
        const port = await freePort();
        redisUrl = `redis://127.0.0.1:${port}`;
        const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", ""];
        server = spawn("redis-server", options, { stdio: "ignore" });
      }
      const environment = {
        ...testEnvironment(directory, database.url),
        ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
        SORTIE_LOG_LEVEL: "info",
        SORTIE_RECORDING_RETENTION_DAYS: "30",
      };
      workers = [0, 1].map(() => new BuiltProcess("dist/worker.js", environment, log));
    });
    afterAll(async () => {
      await Promise.all(workers.map((worker) => worker.stop("SIGKILL")));
      if (server !== undefined) {
        const gone = once(server, "exit");
        server.kill();
        await gone;
      }
      await database.close();
      await rm(directory, { recursive: true });
    });

    const deleted = async () => {
      const { _sum } = await database.db.retentionRun.aggregate({ _sum: { deletedCount: true } });
      return _sum.deletedCount ?? 0;
    };
    const rows = () => database.db.recording.count();

    test("delete everything once, also when one is killed in the middle", async () => {
      const { db } = database;
      const COUNT = 3_000;
      const user = await db.user.create({
        data: { username: "ana", displayName: "ana", passwordHash: "-" },
      });
      const app = { id: "desktop", name: "Desktop", kind: "desktop", description: "" } as const;
      await db.app.create({ data: app });
      const session = await db.session.create({
        data: { appId: "desktop", userId: user.id, provider: "local" },
      });
      const of = { sessionId: session.id, userId: user.id, root: join(directory, "recordings") };
      await keepRecordings(db, { ...of, daysAgo: 31, count: COUNT });
      await keepRecordings(db, { ...of, daysAgo: 1, count: 3 });

      // The first start schedules a sweep for now; the administrator asks for one more.
      await Promise.all(workers.map((worker) => worker.start()));
      const run = await insertRequestedRun(db, "root");
      const config = { databaseUrl: database.url, redisUrl };
      await enqueueOnce(config, "sweep-retention", { run_id: run?.id });
      await expect.poll(deleted, { interval: 5, timeout: 30_000 }).toBeGreaterThan(500);
      await workers[0]?.stop("SIGKILL");

      // The dead worker may have had every job there was: the other one goes on with the next.
      const sweepAgain = async () => {
        await enqueueOnce(config, "sweep-retention", {});
        return rows();
      };
      const again = { interval: 2_000, timeout: 60_000 };
      await expect.poll(sweepAgain, again).toBeLessThan(COUNT / 2);
      // What the dead worker had claimed is free after ten seconds, for whoever comes next.
      await workers[0]?.start();
      await expect.poll(sweepAgain, again).toBe(3);
      const files = await readdir(join(directory, "recordings"), {
        recursive: true,
        withFileTypes: true,
      });
      expect(files.filter((entry) => entry.isFile())).toHaveLength(6);
      const where = { action: "recording.delete" };
      expect(await db.auditEvent.count({ where })).toBe(COUNT);
      expect((await db.auditEvent.groupBy({ by: ["targetId"], where })).length).toBe(COUNT);
      await expect.poll(deleted, { timeout: 10_000 }).toBe(COUNT);
    }, 150_000);
  });
}
