import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { getRecording } from "@/lib/recordings/get-recording";
import { posterKeyOf, putPoster } from "@/lib/recordings/poster";
import {
  reapAbandonedRecordings,
  RECORDING_LEASE_MS,
} from "@/lib/recordings/reap-abandoned-recordings";
import type { Finding } from "@/lib/recordings/reconcile-finding";
import {
  reconcileStorage,
  type ReconcileSummary,
  SETTLED_AFTER_MS,
} from "@/lib/recordings/reconcile-storage";
import type { RecordingStore, StoredItem } from "@/lib/storage/recording-store";
import { captures } from "../support/captures";
import { longStream } from "../support/long-stream";
import {
  hangingBody,
  letTimePass,
  type RecordingScene,
  storedBytes,
} from "../support/recording-scene";
import { onDisk, onS3, type Vandal } from "../support/storage-vandal";
import { decodeVideo } from "../support/video";

const HOUR_MS = 60 * 60 * 1000;
const POSTER = Buffer.from("RIFF....WEBP and a picture");

for (const { name, isHere, open } of [onDisk, onS3]) {
  describe.skipIf(!isHere)(`recordings on ${name}`, () => {
    let scene: RecordingScene;
    let vandal: Vandal;
    let store: RecordingStore;
    let video: Uint8Array;
    beforeAll(async () => {
      ({ scene, vandal } = await open());
      ({ store } = scene.services);
      video = (await captures()).vp9.bytes;
    });
    afterAll(() => scene.close());
    beforeEach(async () => {
      const { db } = scene.services;
      const rows = await db.recording.findMany({ select: { storageKey: true } });
      for (const { storageKey } of rows) await store.delete(storageKey);
      await db.recording.deleteMany();
      for await (const item of store.list()) {
        if (item.form === "finished") await store.delete(item.key);
        else if (item.form === "foreign") await vandal.remove(item.name);
        else await store.removeRemnant(item);
      }
    });

    /** As it will be when everything there is now is old enough, or now. */
    const reconcile = async ({
      apply = false,
      inMs = SETTLED_AFTER_MS + HOUR_MS,
      by = store,
    } = {}) => {
      const found: Finding[] = [];
      const repaired: Finding[] = [];
      const now = () => new Date(Date.now() + inMs);
      const summary = await reconcileStorage(
        { ...scene.services, store: by, now },
        {
          apply,
          onFinding: (finding, isRepaired) => (isRepaired ? repaired : found).push(finding),
        },
      );
      return { found, repaired, summary: summary as ReconcileSummary };
    };
    const kindsOf = (findings: readonly Finding[]) => findings.map(({ kind }) => kind).sort();
    const listed = async () => {
      const items: StoredItem[] = [];
      for await (const item of store.list()) items.push(item);
      return items.map((item) => `${item.form} ${item.name}`).sort();
    };
    const keyOf = async (id: string) =>
      (await getRecording(scene.services, scene.ana, id)).storageKey;

    const startWith = async (bytes: Uint8Array) => {
      const { recordingId } = await scene.start(scene.ana);
      if (bytes.length > 0) await scene.append(recordingId, 0, bytes);
      return { recordingId, key: await keyOf(recordingId) };
    };
    const finished = async () => {
      const { recordingId } = await scene.start(scene.ana);
      await scene.append(recordingId, 0, video, { uploadLength: video.length });
      return { recordingId, key: await keyOf(recordingId) };
    };
    const silent = async (id: string, forMs: number) => letTimePass(scene.services, id, forMs);

    test("nothing is found and nothing touched while all is well, and every recording can go on", async () => {
      const stream = await longStream(20);
      const long = await startWith(stream.bytes.subarray(0, 12_000_000));
      const empty = await startWith(new Uint8Array(0));
      const paused = await startWith(video.subarray(0, 40_000));
      await silent(paused.recordingId, HOUR_MS);
      const interrupted = await startWith(video.subarray(0, video.length - 1_234));
      await silent(interrupted.recordingId, RECORDING_LEASE_MS);
      // Paused for an hour, but nobody has come to seal it.
      await scene.services.db.recording.update({
        where: { id: paused.recordingId },
        data: { lastAppendAt: new Date() },
      });
      await reapAbandonedRecordings(scene.services);
      await silent(paused.recordingId, HOUR_MS);
      const whole = await finished();
      await putPoster(scene.services, scene.ana, whole.recordingId, POSTER);
      const before = await listed();

      const { found, repaired, summary } = await reconcile({ apply: true });
      expect([...found, ...repaired]).toEqual([]);
      expect(summary).toMatchObject({ recordings: 5, items: before.length, forPerson: 0 });
      expect(await listed()).toEqual(before);

      for (const [{ recordingId }, from] of [
        [empty, 0],
        [paused, 40_000],
        [interrupted, video.length - 1_234],
      ] as const) {
        const rest = video.subarray(from);
        await scene.append(recordingId, from, rest, { uploadLength: video.length });
      }
      const frames = (await decodeVideo(video)).frames;
      for (const { recordingId } of [empty, paused, interrupted, whole]) {
        const file = await storedBytes(scene.services, scene.ana, recordingId);
        expect((await decodeVideo(file)).frames).toEqual(frames);
      }
      await scene.append(long.recordingId, 12_000_000, stream.bytes.subarray(12_000_000), {
        uploadLength: stream.bytes.length,
      });
      const file = await storedBytes(scene.services, scene.ana, long.recordingId);
      expect(file.subarray(-stream.body.length).equals(stream.body)).toBe(true);
    });

    test("what is missing or changed is told, and never answered by removing anything", async () => {
      const missing = await finished();
      await vandal.remove(missing.key);
      const changed = await finished();
      await vandal.put(changed.key, Buffer.from("something else"));
      await vandal.strew(changed.key);
      const live = await startWith(video.subarray(0, 40_000));
      await store.delete(live.key);
      // Claimed by a process that died before the database's clock was set back: nobody has it any more.
      await scene.services.db.recording.update({
        where: { id: live.recordingId },
        data: { appendToken: randomUUID(), appendExpiresAt: new Date(Date.now() + 9 * HOUR_MS) },
      });
      const moved = await finished();
      const backend = store.backend === "local" ? "s3" : "local";
      await scene.services.db.recording.update({
        where: { id: moved.recordingId },
        data: { storageBackend: backend },
      });
      const lost = await finished();
      await scene.services.db.recording.delete({ where: { id: lost.recordingId } });
      const lostLive = await startWith(video.subarray(0, 40_000));
      await scene.services.db.recording.delete({ where: { id: lostLive.recordingId } });
      await vandal.strew(lostLive.key);
      const unseen = await finished();
      await putPoster(scene.services, scene.ana, unseen.recordingId, POSTER);
      await vandal.remove(posterKeyOf({ storageKey: unseen.key }));
      await vandal.put("not ours", Buffer.from("?"));
      const before = await listed();
      const rows = await scene.services.db.recording.findMany({ orderBy: { id: "asc" } });

      const { found, repaired, summary } = await reconcile({ apply: true });
      expect(repaired).toEqual([]);
      expect(found.toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
        { kind: "bytes_missing", recordingId: live.recordingId, status: "recording" },
        { kind: "file_missing", recordingId: missing.recordingId, hasRemnants: false },
        { kind: "foreign", name: "not ours" },
        ...[lost.key, lostLive.key].sort().map((key) => ({ kind: "orphan", key })),
        { kind: "other_storage", recordingId: moved.recordingId, backend },
        { kind: "poster_missing", recordingId: unseen.recordingId },
        { kind: "size_differs", recordingId: changed.recordingId, fileBytes: 14 },
      ]);
      expect(summary).toMatchObject({ forPerson: 7, repaired: 0 });
      expect(await listed()).toEqual(before);
      expect(await scene.services.db.recording.findMany({ orderBy: { id: "asc" } })).toEqual(rows);
    });

    test("what nobody needs is told, goes with --apply once it is old, and nothing else goes", async () => {
      const { recordingId, key } = await finished();
      await putPoster(scene.services, scene.ana, recordingId, POSTER);
      const before = await listed();
      const strewn = await vandal.strew(key);
      await vandal.put(`.writable-${randomUUID()}`, Buffer.from("ok"));
      await scene.services.db.recording.update({
        where: { id: recordingId },
        data: { hasPoster: false },
      });
      const after = await listed();
      expect(after.length).toBe(before.length + strewn + 1);

      const young = await reconcile({ apply: true, inMs: 0 });
      expect([kindsOf(young.repaired), young.found]).toEqual([["poster_unnamed"], []]);
      expect(await listed()).toEqual(after);

      const leftovers = Array.from({ length: strewn }, () => "leftover");
      const told = await reconcile();
      expect(kindsOf(told.found)).toEqual(["debris", ...leftovers]);
      expect(told.summary).toMatchObject({ forPerson: 0, repaired: 0 });
      expect(await listed()).toEqual(after);

      const done = await reconcile({ apply: true });
      expect([kindsOf(done.repaired), done.found]).toEqual([["debris", ...leftovers], []]);
      expect(await listed()).toEqual(before);
      expect((await reconcile({ apply: true })).summary).toMatchObject({ repaired: 0 });
      expect((await getRecording(scene.services, scene.ana, recordingId)).hasPoster).toBe(true);
      const file = await storedBytes(scene.services, scene.ana, recordingId);
      expect((await decodeVideo(file)).frames.length).toBeGreaterThan(0);
    });

    test.runIf(name === "S3")(
      "what lost attempts left of a recording that goes on is cleared away around what it is made of",
      async () => {
        const stream = await longStream(20);
        const { recordingId, key } = await startWith(stream.bytes.subarray(0, 12_000_000));
        const before = await listed();
        const strewn = await vandal.strew(key);
        const { repaired, found } = await reconcile({ apply: true });
        expect([repaired.length, found]).toEqual([strewn, []]);
        expect(await listed()).toEqual(before);
        await scene.append(recordingId, 12_000_000, stream.bytes.subarray(12_000_000), {
          uploadLength: stream.bytes.length,
        });
        const file = await storedBytes(scene.services, scene.ana, recordingId);
        expect(file.subarray(-stream.body.length).equals(stream.body)).toBe(true);
      },
    );

    test("a recording that somebody adds to keeps everything, needed or not, until they have let go", async () => {
      const { recordingId, key } = await finished();
      await vandal.strew(key);
      const before = await listed();
      // Further ahead than any claim lies would be the doing of a clock that was set back.
      const appendExpiresAt = new Date(Date.now() + 50_000);
      await scene.services.db.recording.update({
        where: { id: recordingId },
        data: { appendToken: randomUUID(), appendExpiresAt },
      });
      expect((await reconcile({ apply: true })).repaired).toEqual([]);
      expect(await listed()).toEqual(before);
    });

    test("one that is being added to meanwhile takes every byte", async () => {
      const { recordingId, key } = await startWith(new Uint8Array(0));
      const { body, taken } = hangingBody(video);
      const appending = scene.append(recordingId, 0, body, { uploadLength: video.length });
      await taken;
      await reconcile({ apply: true });
      body.push(null);
      await appending;
      expect((await store.stat(key))?.sizeBytes).toBeGreaterThan(video.length);
      expect((await reconcile()).found).toEqual([]);
    });

    test("a run that is cut off half-way is simply run again", async () => {
      const recordings = [await finished(), await finished(), await finished()];
      const before = await listed();
      let strewn = 0;
      for (const { key } of recordings) strewn += await vandal.strew(key);
      let left = 2;
      const failing = Object.assign(Object.create(store) as RecordingStore, {
        removeRemnant: (remnant: Parameters<RecordingStore["removeRemnant"]>[0]) =>
          left-- > 0 ? store.removeRemnant(remnant) : Promise.reject(new Error("killed")),
      });
      await expect(reconcile({ apply: true, by: failing })).rejects.toThrow("killed");
      expect((await listed()).length).toBe(before.length + strewn - 2);
      const { repaired } = await reconcile({ apply: true });
      expect(repaired.length).toBe(strewn - 2);
      expect(await listed()).toEqual(before);
    });

    test("a file whose recording is deleted while it is looked at is no finding", async () => {
      const { recordingId, key } = await finished();
      const other = await finished();
      // The rows are read first, then the listing goes on: between the two one goes and one comes.
      const late: string[] = [];
      const slow = Object.assign(Object.create(store) as RecordingStore, {
        list: async function* () {
          for await (const item of store.list()) {
            if (late.length === 0) {
              late.push((await finished()).key);
              await store.delete(key);
              await scene.services.db.recording.delete({ where: { id: recordingId } });
            }
            yield item;
          }
        },
      });
      expect((await reconcile({ by: slow })).found).toEqual([]);
      expect(await store.stat(other.key)).not.toBeNull();
    });
  });
}
