import { afterAll, beforeAll, expect, test } from "vitest";
import { changeSettings } from "@/lib/settings/change-settings";
import { settingsChangeSchema } from "@/lib/settings/settings-schema";
import { viewSettings } from "@/lib/settings/view-settings";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";

let scene: RecordingScene;
beforeAll(async () => {
  scene = await createRecordingScene();
});
afterAll(() => scene.close());

const change = (values: unknown) =>
  changeSettings(
    scene.services,
    { actor: scene.admin, client: CLIENT },
    settingsChangeSchema.parse(values),
  );
const trail = async () => {
  const where = { action: "settings.change" };
  const events = await scene.services.db.auditEvent.findMany({ where, orderBy: { id: "asc" } });
  return events.map(({ actorName, targetId, detail }) => ({ actorName, targetId, detail }));
};

test("a setting that nobody changed has its initial value, one that was says by whom", async () => {
  expect(await viewSettings(scene.services)).toMatchObject({
    free_space_floor_mb: { value: 256, last_change: null },
    user_quota_mb: { value: 0, last_change: null },
  });
  await change({ user_quota_mb: 5000 });
  expect(await viewSettings(scene.services)).toMatchObject({
    free_space_floor_mb: { value: 256, last_change: null },
    user_quota_mb: { value: 5000, last_change: { by: "root" } },
  });
});

test("every change of a setting is in the audit trail with what it was before; no change is not", async () => {
  const before = (await trail()).length;
  await change({ free_space_floor_mb: 512 });
  await change({ free_space_floor_mb: 512 });
  await change({ free_space_floor_mb: 1024 });
  expect((await trail()).slice(before)).toEqual([
    { actorName: "root", targetId: "free_space_floor_mb", detail: { from: 256, to: 512 } },
    { actorName: "root", targetId: "free_space_floor_mb", detail: { from: 512, to: 1024 } },
  ]);
});

test("a value that cannot be, and a setting that does not exist, are refused", () => {
  for (const values of [{}, { user_quota_mb: -1 }, { user_quota_mb: 1.5 }, { retention: 3 }]) {
    expect(settingsChangeSchema.safeParse(values).success).toBe(false);
  }
});

test("what an older version kept and this one does not understand counts as never set", async () => {
  const { db } = scene.services;
  await db.setting.update({ where: { key: "user_quota_mb" }, data: { value: "plenty" } });
  expect((await viewSettings(scene.services)).user_quota_mb.value).toBe(0);
});
