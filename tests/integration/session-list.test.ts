import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { GET } from "@/app/api/sessions/route";
import { provideServices } from "@/lib/composition/services";
import { sessionSchema } from "@/lib/sessions/session-schema";
import { createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { routeClient } from "../support/route-client";

let scene: RecordingScene;
const ids: Record<string, string> = {};

beforeAll(async () => {
  scene = await createRecordingScene();
  const { services, ana, bob } = scene;
  provideServices(services);
  await services.db.app.create({
    data: { id: "editor", name: "Editor", kind: "desktop", description: "" },
  });
  const made = [
    { name: "oldest", userId: ana.userId, appId: "desktop", status: "failed" },
    { name: "middle", userId: bob.userId, appId: "editor", status: "ended" },
    { name: "newest", userId: ana.userId, appId: "editor", status: "running", cluster: "east" },
  ] as const;
  for (const [minutes, { name, ...session }] of made.entries()) {
    const isOver = session.status !== "running";
    const createdAt = new Date(Date.UTC(2026, 10, 1, 12, minutes));
    const over = isOver ? { endedAt: createdAt, closeReason: "user_ended" } : {};
    const data = { ...session, provider: "local", createdAt, startedAt: createdAt, ...over };
    ids[name] = (await services.db.session.create({ data, select: { id: true } })).id;
  }
});
afterAll(() => scene.close());

/** The names of the sessions that the panel's list shows an administrator. */
async function listed(query: string): Promise<(string | undefined)[]> {
  const ask = routeClient(scene.services, scene.admin);
  const response = await ask("GET", GET, { query: `?scope=all${query}` });
  expect(response.status).toBe(200);
  const sessions = z.array(sessionSchema).parse(await response.json());
  return sessions.map(({ id }) => Object.keys(ids).find((name) => ids[name] === id));
}

test.each([
  ["", ["newest", "middle", "oldest"]],
  ["&user=ana", ["newest", "oldest"]],
  ["&user=Ana", ["newest", "oldest"]],
  ["&user=AN", ["newest", "oldest"]],
  ["&user=b", ["middle"]],
  ["&user=a_a", []],
  ["&app_id=editor", ["newest", "middle"]],
  ["&status=running", ["newest"]],
  ["&cluster=default", ["middle", "oldest"]],
  ["&cluster=east&user=ana", ["newest"]],
  ["&cluster=east&user=bob", []],
  ["&status=ended,failed", ["middle", "oldest"]],
  ["&user=ana&app_id=editor&status=ended", []],
])("the panel lists the sessions of “%s”, the newest first", async (query, names) => {
  expect(await listed(query)).toEqual(names);
});
