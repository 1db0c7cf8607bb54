import { afterAll, beforeAll, expect, test } from "vitest";
import { GET as exportAll } from "@/app/api/admin/recordings/export/route";
import { GET as listAll } from "@/app/api/admin/recordings/route";
import { GET as list } from "@/app/api/recordings/route";
import { provideServices } from "@/lib/composition/services";
import type { Actor } from "@/lib/auth/permissions";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { listClusters } from "@/lib/sessions/list-clusters";
import { createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, type RouteClient, routeClient } from "../support/route-client";

let scene: RecordingScene;
let ask: RouteClient;
beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
  ask = routeClient(scene.services, scene.ana);
});
afterAll(() => scene.close());

const rows = (response: Response) => response.json() as Promise<RecordingJson[]>;
const ids = async (response: Response) => (await rows(response)).map((r) => r.id);
const nextOf = (response: Response) => /\?[^>]*/.exec(response.headers.get("link") ?? "")?.[0];
let mine: string[];
let inTheEast: string;
beforeAll(async () => {
  mine = [];
  for (let i = 0; i < 5; i += 1) mine.unshift((await scene.start(scene.bob)).recordingId);
  const { recordingId: id, sessionId } = await scene.start(scene.ana);
  const east = { data: { cluster: "east" } };
  await scene.services.db.session.update({ where: { id: sessionId }, ...east });
  await scene.services.db.recording.update({ where: { id }, ...east });
  inTheEast = id;
});

test("are paged, newest first, and stay in order while recordings come and go", async () => {
  const first = await ask("GET", list, { as: scene.bob, query: "?limit=2" });
  expect(await ids(first)).toEqual(mine.slice(0, 2));
  await scene.start(scene.bob);
  await scene.services.db.recording.delete({ where: { id: mine[1]! } });
  const second = await ask("GET", list, { as: scene.bob, query: nextOf(first)! });
  expect(await ids(second)).toEqual(mine.slice(2, 4));
  const third = await ask("GET", list, { as: scene.bob, query: nextOf(second)! });
  expect(await ids(third)).toEqual(mine.slice(4));
  expect(nextOf(third)).toBeUndefined();
});

test("of everybody are for administrators", async () => {
  const everybody = await ask("GET", listAll, { as: scene.admin });
  const owners = (await rows(everybody)).map((r) => r.username);
  expect(new Set(owners)).toEqual(new Set(["ana", "bob"]));
  expect(await problem(await ask("GET", listAll, { as: scene.bob }))).toBe("403 forbidden");
  expect(await ids(await ask("GET", list, { as: scene.admin }))).toEqual([]);
});

test.each([
  ["?status=failed,ready", 0],
  ["?status=recording", 6],
  ["?q=desktop", 6],
  ["?q=desktop%20bob", 5],
  ["?q=100%25", 0],
  ["?q=_", 0],
  ["?app_id=desktop", 6],
  ["?app_id=terminal", 0],
  ["?cluster=east", 1],
  ["?cluster=default&user=bob", 5],
  ["?cluster=east&user=bob", 0],
  ["?from=2000-01-01&to=2001-01-01", 0],
  ["?from=2000-01-01T00:00:00Z", 6],
])("narrow down to what %s asks for", async (query, count) => {
  const found = await ids(await ask("GET", listAll, { as: scene.admin, query }));
  expect(found).toHaveLength(count);
});

test("of a cluster are for operations only where it is assigned to them, in the list as in its export", async () => {
  const { services, admin, ana } = scene;
  const carl = await newOperator("carl", ["east", "west"]);
  for (const [query, found] of [
    ["", [inTheEast]],
    ["?cluster=east", [inTheEast]],
    ["?cluster=west", []],
    ["?cluster=default", []],
  ] as const) {
    expect(await ids(await ask("GET", listAll, { as: carl, query }))).toEqual(found);
    expect(await exportedIds(carl, query)).toEqual(found);
  }
  expect(await exportedIds(admin, "?cluster=east")).toEqual([inTheEast]);

  const offered = (actor: Actor) => listClusters(services, actor, "recording.view");
  expect(await offered(admin)).toEqual(["default", "east"]);
  expect(await offered(carl)).toEqual(["east"]);
  expect(await offered(ana)).toEqual([]);
});

async function newOperator(username: string, clusters: readonly string[]): Promise<Actor> {
  const { id: userId } = await scene.services.db.user.create({
    data: {
      ...{ username, displayName: username, passwordHash: "-", role: "ops" },
      clusters: { create: clusters.map((cluster) => ({ cluster })) },
    },
  });
  return { userId, username, displayName: username, role: "ops", clusters, token: null };
}

async function exportedIds(as: Actor, query: string): Promise<string[]> {
  const csv = await (await ask("GET", exportAll, { as, query })).text();
  const [, ...lines] = csv.trimEnd().split("\r\n");
  return lines.map((line) => line.slice(0, line.indexOf(",")));
}

test.each(["?status=gone", "?limit=0", "?limit=1000", "?cursor=x", "?from=yesterday", "?q=%00"])(
  "refuse %s with what is wrong",
  async (query) => {
    expect(await problem(await ask("GET", list, { query }))).toBe("400 bad_request");
  },
);
