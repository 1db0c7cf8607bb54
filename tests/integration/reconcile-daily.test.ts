import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RecordingStore } from "@/lib/storage/recording-store";
import { reportOnStorage } from "@/workers/reconcile-storage";
import { deferred } from "../support/deferred";
import { createRecordingScene, type RecordingScene } from "../support/recording-scene";

describe("the daily report", () => {
  let scene: RecordingScene;
  beforeAll(async () => {
    scene = await createRecordingScene();
  });
  afterAll(() => scene.close());

  test("is made by one of many workers, and noted once with its counts", async () => {
    const { services } = scene;
    const { recordingId } = await scene.start(scene.ana);
    await services.db.recording.delete({ where: { id: recordingId } });
    const [begun, mayGoOn] = [deferred<undefined>(), deferred<undefined>()];
    const slow = Object.assign(Object.create(services.store) as RecordingStore, {
      list: async function* () {
        begun.resolve(undefined);
        await mayGoOn.promise;
        yield* services.store.list();
      },
    });
    const first = reportOnStorage({ ...services, store: slow });
    await begun.promise;
    expect(await reportOnStorage(services)).toBeNull();
    mayGoOn.resolve(undefined);
    expect(await first).toMatchObject({ items: 1, forPerson: 1, found: { orphan: 1 } });
    const events = await services.db.auditEvent.findMany({
      where: { action: "storage.reconcile" },
    });
    expect(events.map(({ actorName, detail }) => ({ actorName, detail }))).toEqual([
      {
        actorName: "system",
        detail: { apply: false, recordings: 0, items: 1, repaired: 0, orphan: 1 },
      },
    ]);
    expect(await reportOnStorage(services)).toMatchObject({ forPerson: 1 });
  });

  test("is made although the one who was at it died and the database's clock was set back since", async () => {
    const { services } = scene;
    const ahead = async (hours: number) => {
      const name = "reconcile-storage";
      const held = { token: randomUUID(), expiresAt: new Date(Date.now() + hours * 3_600_000) };
      await services.db.lease.upsert({ where: { name }, create: { name, ...held }, update: held });
    };
    await ahead(0.025);
    expect(await reportOnStorage(services)).toBeNull();
    await ahead(5);
    expect(await reportOnStorage(services)).not.toBeNull();
  });
});
