import { afterAll, beforeAll, expect, test } from "vitest";
import { POST as retryJob } from "@/app/api/admin/jobs/[id]/retry/route";
import { GET as viewStorage } from "@/app/api/admin/storage/route";
import { provideServices } from "@/lib/composition/services";
import { installationSources } from "@/lib/operations/installation-figures";
import { findJobRuns, saveJobRun } from "@/lib/operations/job-runs";
import { RecordingUsage } from "@/lib/operations/recording-usage";
import { type StorageViewJson, storageViewSchema } from "@/lib/operations/storage-schema";
import { JOB_NAMES } from "@/lib/queue/jobs";
import { openJobQueue } from "@/lib/queue/job-queue";
import { type Handlers, startJobWorker } from "@/lib/queue/job-worker";
import { deferred } from "../support/deferred";
import { insertRecordings } from "../support/listed-recordings";
import { createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, type RouteClient, routeClient } from "../support/route-client";

let scene: RecordingScene;
let ask: RouteClient;

beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
  ask = routeClient(scene.services, scene.admin);
});
afterAll(() => scene.close());

const READY_BYTES = 7_340_032;
const DAY_MINUTES = 24 * 60;

async function look(): Promise<StorageViewJson> {
  const response = await ask("GET", viewStorage);
  expect(response.status).toBe(200);
  return storageViewSchema.parse(await response.json());
}

test("an administrator sees what recordings take, what each day added, and the oldest", async () => {
  const { db } = scene.services;
  const [, oldest] = await insertRecordings(db, "ana", [
    { description: "New", status: "ready", minutesAgo: 0 },
    { description: "Old", status: "ready", minutesAgo: 100 * DAY_MINUTES },
    { description: "Of another day", status: "ready", minutesAgo: 3 * DAY_MINUTES },
    { description: "Broken", status: "failed", minutesAgo: 3 * DAY_MINUTES },
  ]);
  const { used, growth } = await look();
  expect(used).toMatchObject({
    recordings: 4,
    size_bytes: 3 * READY_BYTES,
    oldest: { id: oldest },
  });
  expect(used.groups).toEqual([
    { status: "ready", storage_backend: "local", recordings: 3, size_bytes: 3 * READY_BYTES },
    { status: "failed", storage_backend: "local", recordings: 1, size_bytes: 0 },
  ]);
  expect(growth).toHaveLength(30);
  const day = (daysAgo: number) =>
    new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  expect(growth.filter(({ recordings }) => recordings > 0)).toEqual([
    { day: day(3), recordings: 2, size_bytes: READY_BYTES },
    { day: day(0), recordings: 1, size_bytes: READY_BYTES },
  ]);
  expect(growth.at(-1)?.day).toBe(day(0));
});

test("sums are made once for many who look at once, and not each time", async () => {
  const { db, now } = scene.services;
  let asked = 0;
  const counted = db.$extends({
    query: { $queryRaw: ({ args, query }) => ((asked += 1), query(args)) },
  }) as unknown as typeof db;
  const usage = new RecordingUsage({ db: counted, now });
  const [one, other] = await Promise.all([usage.look(), usage.look()]);
  expect(await usage.look()).toBe(one);
  expect(other).toBe(one);
  expect(asked).toBe(2);
});

test("the page tells of health, of free space and of the floor below which nothing is recorded", async () => {
  const { space, health } = await look();
  expect(space).toMatchObject({ backend: "local", floor_bytes: 256 * 1024 * 1024 });
  expect(space.free_bytes).toBeGreaterThan(0);
  expect(health.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
    "database true",
    "migrations true",
    "storage true",
  ]);
});

test("each job tells how it went lately, however often other jobs run", async () => {
  const { db } = scene.services;
  const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 10, 0, second));
  const run = { startedAt: at(0), finishedAt: at(2), result: { forPerson: 1 }, error: null };
  await saveJobRun(db, { job: "reconcile-storage", ...run });
  const reaped = { ...run, job: "reap-abandoned", result: null };
  for (const second of [3, 4]) await saveJobRun(db, { ...reaped, finishedAt: at(second) });
  for (let count = 0; count < 103; count += 1) {
    await saveJobRun(db, { ...reaped, error: `${count} fell\0` });
  }
  const { jobs } = await look();
  const runsOf = (wanted: string) => jobs.find(({ name }) => name === wanted)?.runs;
  expect(runsOf("reconcile-storage")).toEqual([
    {
      started_at: at(0).toISOString(),
      duration_ms: 2_000,
      result: { forPerson: 1 },
      error: null,
    },
  ]);
  const fell = [102, 101, 100, 99, 98].map((count) => `${count} fell\uFFFD`);
  expect(runsOf("reap-abandoned")?.map(({ error }) => error)).toEqual(fell);
  const kept = await findJobRuns(db, ["reap-abandoned"], 1_000);
  expect(kept.map(({ error }) => error !== null)).toEqual([...Array<true>(100).fill(true), false]);
  // An alert counts from here: it must not fall silent because the job goes on failing.
  const { lastSuccess } = await installationSources(scene.services).database();
  expect(lastSuccess).toContainEqual({ job: "reap-abandoned", at: at(4) });
});

test("a failed job is shown with its error; who runs it again is in the audit trail", async () => {
  const { config, db } = scene.services;
  const silent = (error: Error) => {
    throw error;
  };
  const queue = openJobQueue(config, silent);
  const failed = deferred<undefined>();
  const refuse = () => Promise.reject(new Error("the bucket is away"));
  const handlers = Object.fromEntries(JOB_NAMES.map((name) => [name, refuse]));
  const worker = await startJobWorker(config, handlers as unknown as Handlers, {
    completed: () => undefined,
    failed: () => failed.resolve(undefined),
    disturbed: silent,
  });
  await queue.enqueue("purge-expired", {});
  await failed.promise;
  await worker.close();
  await queue.close();

  const before = await look();
  expect(before.queue).toMatchObject({ backend: "postgresql", depth: { failed: 1, waiting: 0 } });
  const [failure] = before.failures;
  expect(failure).toMatchObject({ job: "purge-expired", error: "the bucket is away", attempts: 1 });
  expect(await problem(await ask("POST", retryJob, { as: scene.ana, id: failure!.id }))).toBe(
    "403 forbidden",
  );
  expect((await ask("POST", retryJob, { id: failure!.id })).status).toBe(204);
  expect(await problem(await ask("POST", retryJob, { id: failure!.id }))).toBe("409 conflict");
  const after = await look();
  expect(after.queue.depth).toMatchObject({ failed: 0, waiting: 1 });
  const events = await db.auditEvent.findMany({ where: { action: "job.retry" } });
  expect(events).toMatchObject([
    {
      actorName: "root",
      targetType: "job",
      targetId: "purge-expired",
      detail: { job_id: failure!.id },
    },
  ]);
});
