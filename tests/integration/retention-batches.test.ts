import { randomUUID } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DeleteBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { keepHoldsOut } from "@/lib/holds/hold-repository";
import { placeHold } from "@/lib/holds/place-hold";
import { deleteRecording } from "@/lib/recordings/delete-recording";
import { putPoster } from "@/lib/recordings/poster";
import { claimForAppend } from "@/lib/recordings/recording-claim";
import { beginBatch } from "@/lib/retention/retention-batch";
import { sweepRetention } from "@/lib/retention/sweep-retention";
import { S3Bucket } from "@/lib/storage/s3-bucket";
import { createS3Client } from "@/lib/storage/s3-client";
import { S3RecordingStore } from "@/lib/storage/s3-recording-store";
import { deferred } from "../support/deferred";
import { type Kept, keepRecordings } from "../support/expired-recordings";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { createBucket, hasRadosgw } from "../support/radosgw";

let scene: RecordingScene;
let sessionId: string;
beforeAll(async () => {
  scene = await createRecordingScene();
  sessionId = await scene.newSession(scene.ana);
});
afterAll(() => scene.close());
afterEach(async () => {
  const { db } = scene.services;
  await liftAll();
  await db.recording.deleteMany();
  await db.retentionBatch.deleteMany();
  await rm(root(), { recursive: true, force: true });
});

const LONG_AGO = new Date(0);
const SOON = () => new Date(Date.now() + 60_000);

const root = () => join(scene.directory, "recordings");
const keep = (kept: Partial<Kept> = {}) => {
  const { db } = scene.services;
  const of = { sessionId, userId: scene.ana.userId, root: root() };
  return keepRecordings(db, { ...of, daysAgo: 31, ...kept });
};
interface Begun {
  readonly expiresAt?: Date;
  /** Days by app; null: as an older version, which said none. */
  readonly limits?: Readonly<Record<string, number>> | null;
}
/** What a process leaves that is killed once it has begun on these. */
const begin = (
  recordingIds: readonly string[],
  { expiresAt = LONG_AGO, limits = { desktop: 30 } }: Begun = {},
) =>
  scene.services.db.retentionBatch.create({
    data: {
      ...{ recordingIds: [...recordingIds], storageBackend: "local" },
      ...{ token: randomUUID(), expiresAt, ...(limits === null ? {} : { limits }) },
    },
  });
const sweep = (defaultDays = 30) => {
  const { db, store, log } = scene.services;
  return sweepRetention({ db, store, log, defaultDays });
};
const hold = (type: "recording" | "session" | "user", id: string) =>
  placeHold(
    scene.services,
    { actor: scene.admin, client: CLIENT },
    { target_type: type, target_id: id, reason: "case 1" },
  );
const liftAll = () =>
  scene.services.db.legalHold.updateMany({
    where: { liftedAt: null },
    data: { liftedAt: new Date(), liftedBy: "x" },
  });
const left = async () => {
  const rows = await scene.services.db.recording.findMany({ select: { id: true } });
  return rows.map(({ id }) => id).sort();
};
const files = async () => {
  const entries = await readdir(root(), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
};
const deletionsOf = (ids: readonly string[]) =>
  scene.services.db.auditEvent.count({
    where: { action: "recording.delete", targetId: { in: [...ids] } },
  });

test("of what a worker that died had begun, the half gone is ended, and the whole is under the rules and holds of now", async () => {
  const { db, store } = scene.services;
  const ids = await keep({ count: 3 });
  await begin(ids);
  const half = await db.recording.findUniqueOrThrow({ where: { id: ids[0] ?? "" } });
  await store.delete(half.storageKey);
  await hold("session", sessionId);
  expect(await sweep()).toMatchObject({ state: "done", deletedCount: 1, failedCount: 0 });
  expect(await left()).toEqual(ids.slice(1).sort());
  expect(await files()).toHaveLength(4);
  expect(await db.retentionBatch.count()).toBe(0);
  await liftAll();
  expect(await sweep(0)).toMatchObject({ deletedCount: 0 });
  expect(await sweep()).toMatchObject({ deletedCount: 2, failedCount: 0 });
  expect(await deletionsOf(ids)).toBe(3);
});

test("what a worker that lives has begun is left to it", async () => {
  const ids = await keep({ count: 2 });
  await begin(ids, { expiresAt: SOON() });
  expect(await sweep()).toMatchObject({ expectedCount: 0, deletedCount: 0 });
  expect(await left()).toEqual([...ids].sort());
  expect(await files()).toHaveLength(4);
});

test("what a worker that died had begun goes also where the database's clock was set back since", async () => {
  const ids = await keep({ count: 2 });
  await begin(ids, { expiresAt: new Date(Date.now() + 9 * 3_600_000) });
  expect(await sweep()).toMatchObject({ state: "done", deletedCount: 2 });
  expect(await scene.services.db.retentionBatch.count()).toBe(0);
});

test("what an older version had begun, which marked each recording, goes as well, unless it is held by now", async () => {
  const { db } = scene.services;
  const ids = await keep({ count: 1_100 });
  await db.recording.updateMany({ data: { deletionCause: "retention" } });
  await hold("user", scene.ana.userId);
  expect(await sweep()).toMatchObject({ state: "done", deletedCount: 0, failedCount: 0 });
  await liftAll();
  expect(await sweep()).toMatchObject({ state: "done", deletedCount: 1_100 });
  expect(await deletionsOf(ids)).toBe(1_100);
  expect(await db.retentionBatch.count()).toBe(0);
});

test("a person deletes what a sweep began that died; it is in the audit trail once", async () => {
  const ids = await keep({ count: 2 });
  await begin(ids);
  await deleteRecording(scene.services, scene.ana, CLIENT, ids[0] ?? "");
  expect(await left()).toEqual(ids.slice(1));
  expect(await sweep()).toMatchObject({ deletedCount: 1 });
  expect(await deletionsOf(ids)).toBe(2);
  expect(await files()).toEqual([]);
});

test("a hold is refused for what a sweep has begun on, by the database too", async () => {
  const { db } = scene.services;
  const [id = ""] = await keep();
  await begin([id]);
  await expect(hold("recording", id)).rejects.toMatchObject({ code: "conflict" });
  const data = { recordingId: id, reason: "x", placedBy: "root" };
  await expect(db.legalHold.create({ data })).rejects.toThrow(/is being deleted/);
});

test("nobody adds to what a sweep has begun on, nor gives it a poster", async () => {
  const { db } = scene.services;
  const [id = ""] = await keep();
  const resumable = { resumeTail: Buffer.from("tail"), uploadOffset: 4n };
  await db.recording.update({ where: { id }, data: resumable });
  const at = { recordingId: id, userId: scene.ana.userId, offset: 4 };
  await begin([id]);
  expect(await claimForAppend(db, at)).toBeNull();
  const { count } = await db.recording.updateMany({
    where: { id },
    data: { status: "uploading", completedAt: null },
  });
  expect(count).toBe(0);
  const webp = Buffer.from("RIFF\0\0\0\0WEBP");
  await expect(putPoster(scene.services, scene.ana, id, webp)).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await files()).toEqual([`${id}.webm`]);
});

test("who wants to add to a recording at the moment a sweep begins on it comes too late", async () => {
  const { db } = scene.services;
  const [id = ""] = await keep();
  const resumable = { resumeTail: Buffer.from("tail"), uploadOffset: 4n };
  await db.recording.update({ where: { id }, data: resumable });
  const [begun, waits] = [deferred<null>(), deferred<null>()];
  const beginning = db.$transaction(async (transaction) => {
    await keepHoldsOut(transaction);
    const first = { completedAt: LONG_AGO, id: randomUUID() };
    const query = { after: first, limit: 10, backend: "local" } as const;
    const batch = await beginBatch(transaction, [{ appId: "desktop", days: 30 }], query);
    begun.resolve(null);
    await waits.promise;
    return batch;
  });
  await begun.promise;
  const claiming = claimForAppend(db, { recordingId: id, userId: scene.ana.userId, offset: 4 });
  const waiting = () => db.$queryRaw<unknown[]>`
    SELECT FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%append_token%'`;
  await expect.poll(waiting).toHaveLength(1);
  waits.resolve(null);
  expect((await beginning)?.recordings.map((recording) => recording.id)).toEqual([id]);
  expect(await claiming).toBeNull();
});

test.each(["recording", "session", "user"] as const)(
  "the database refuses to begin on, and to delete, what a hold on the %s keeps",
  async (type) => {
    const { db } = scene.services;
    const [held = "", other = ""] = [
      ...(await keep()),
      ...(await keep({ sessionId: await scene.newSession(scene.bob), userId: scene.bob.userId })),
    ];
    await hold(type, { recording: held, session: sessionId, user: scene.ana.userId }[type]);
    await expect(begin([other, held])).rejects.toThrow(/under legal hold/);
    await expect(db.recording.deleteMany()).rejects.toThrow(/under legal hold/);
    expect(await left()).toEqual([held, other].sort());
    expect(await db.legalHold.count({ where: { liftedAt: null } })).toBe(1);
  },
);

test("the database lets a batch name nothing that is not finished, and nothing more than it did", async () => {
  const { db } = scene.services;
  const [ready = "", other = ""] = await keep({ count: 2 });
  const [failed = ""] = await keep({ status: "failed" });
  await expect(begin([ready, failed])).rejects.toThrow(/only what is ready/);
  await expect(begin([])).rejects.toThrow(/retention_batches_name_recordings/);
  const { id } = await begin([ready]);
  const more = { where: { id }, data: { recordingIds: [ready, other] } };
  await expect(db.retentionBatch.update(more)).rejects.toThrow(/never grows/);
});

test("the database lets a batch name nothing that its app's limit keeps, nor what no limit is on", async () => {
  const [past = "", young = ""] = [...(await keep()), ...(await keep({ daysAgo: 29.9 }))];
  const tooYoung = /not past its limit/;
  await expect(begin([past, young])).rejects.toThrow(tooYoung);
  await expect(begin([past], { limits: { desktop: 32 } })).rejects.toThrow(tooYoung);
  await expect(begin([past], { limits: { desktop: 0 } })).rejects.toThrow(tooYoung);
  await expect(begin([past], { limits: { "another-app": 30 } })).rejects.toThrow(tooYoung);
  await expect(begin([past], { limits: null })).rejects.toThrow(/was not marked/);
  const marked = { where: { id: past }, data: { deletionCause: "retention" } } as const;
  await scene.services.db.recording.update(marked);
  await expect(begin([past])).rejects.toThrow(tooYoung);
  await expect(begin([past, young], { limits: null })).rejects.toThrow(/was not marked/);
  expect(await begin([past], { limits: null })).toMatchObject({ recordingIds: [past] });
});

test.skipIf(!hasRadosgw())(
  "S3 is asked to delete 1,000 objects a call, before their rows go; what it refuses keeps its row",
  { timeout: 120_000 },
  async () => {
    const { db, log } = scene.services;
    const config = await createBucket();
    const client = createS3Client(config);
    const bucket = new S3Bucket(client, config.bucket, config.prefix);
    const store = new S3RecordingStore(config, 1_000_000);
    const ids = await keep({ count: 600, backend: "s3", root: undefined });
    const rows = await db.recording.findMany({ select: { id: true, storageKey: true } });
    await putAll(
      bucket,
      rows.flatMap(({ storageKey }) => [storageKey, `${storageKey}.poster.webp`]),
    );
    const refused = rows[0]!;
    const resource = `arn:aws:s3:::${config.bucket}/${config.prefix}${refused.storageKey}`;
    await client.send(denyDeletion(config.bucket, resource));

    const rowsWhenGone = countRowsOnceDeleted(store);
    const send = vi.spyOn(S3Client.prototype, "send");
    const sweepS3 = () => sweepRetention({ db, store, log, defaultDays: 30 });
    expect(await sweepS3()).toMatchObject({ state: "done", deletedCount: 599, failedCount: 1 });
    const asked = send.mock.calls.map(([{ constructor, input }]) => {
      const { Delete } = input as { Delete?: { Objects: readonly unknown[] } };
      return `${constructor.name} ${Delete?.Objects.length ?? ""}`.trim();
    });
    send.mockRestore();
    expect(asked.sort()).toEqual([
      ...["DeleteObjectsCommand 1000", "DeleteObjectsCommand 200"],
      // Whether what was refused is whole.
      "HeadObjectCommand",
    ]);
    expect(rowsWhenGone.toSorted((one, other) => one - other)).toEqual([100, 500]);
    expect(await left()).toEqual([refused.id]);
    expect(await bucket.list("")).toEqual([refused.storageKey]);
    expect(await deletionsOf(ids)).toBe(599);

    await client.send(new DeleteBucketPolicyCommand({ Bucket: config.bucket }));
    expect(await sweepS3()).toMatchObject({ deletedCount: 1, failedCount: 0 });
    expect(await bucket.list("")).toEqual([]);
  },
);

async function putAll(bucket: S3Bucket, names: readonly string[]): Promise<void> {
  const file = { bytes: Buffer.from("webm"), sizeBytes: 4 };
  for (let at = 0; at < names.length; at += 100) {
    await Promise.all(names.slice(at, at + 100).map((name) => bucket.put(name, file)));
  }
}

/** Nobody may delete this object, not even the bucket's owner. */
function denyDeletion(bucket: string, resource: string): PutBucketPolicyCommand {
  const statement = { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject" };
  const policy = { Version: "2012-10-17", Statement: [{ ...statement, Resource: resource }] };
  return new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) });
}

/** How many of the rows were there at each moment at which the storage had answered, and the sweep did not know yet. */
function countRowsOnceDeleted(store: S3RecordingStore): number[] {
  const counts: number[] = [];
  const deleteMany = store.deleteMany.bind(store);
  vi.spyOn(store, "deleteMany").mockImplementation(async (objects) => {
    const kept = await deleteMany(objects);
    const where = { storageKey: { in: objects.map(({ key }) => key) } };
    counts.push(await scene.services.db.recording.count({ where }));
    return kept;
  });
  return counts;
}
