import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { DELETE, GET } from "@/app/api/sessions/[id]/route";
import { POST as launchRoute } from "@/app/api/sessions/route";
import { GET as readyRoute } from "@/app/readyz/route";
import { provideServices } from "@/lib/composition/services";
import { hostSessions, type SessionHost } from "@/lib/sessions/host-sessions";
import { startNextInLine } from "@/lib/sessions/launch-session";
import { type SessionJson, sessionSchema } from "@/lib/sessions/session-schema";
import type { SettingKey } from "@/lib/settings/settings-schema";
import { canRunDesktops } from "../support/desktop-requirements";
import { createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { problem, type RouteClient, routeClient } from "../support/route-client";
import { untilSession, useOwnTemporaryDirectory } from "../support/session-scene";

const removeTemporaryDirectory = useOwnTemporaryDirectory();
const WAIT = { timeout: 30_000, interval: 50 };
const body = JSON.stringify({ app_id: "desktop" });
let scene: RecordingScene;
let ask: RouteClient;
let hosts: SessionHost[] = [];

beforeAll(async () => {
  scene = await createRecordingScene();
  provideServices(scene.services);
  ask = routeClient(scene.services, scene.ana);
});
afterEach(async () => {
  const { db, provider } = scene.services;
  await db.setting.deleteMany();
  for (const host of hosts) await host.close();
  hosts = [];
  for (const { ref } of await provider.heldSessions()) await provider.stop(ref);
  await db.session.deleteMany();
});
afterAll(async () => {
  await scene.close();
  removeTemporaryDirectory();
});

const set = async (key: SettingKey, value: number) => {
  await scene.services.db.setting.create({ data: { key, value } });
};
const sessionOf = async (answer: Response): Promise<SessionJson> =>
  sessionSchema.parse(await answer.json());
const launch = async () => await sessionOf(await ask("POST", launchRoute, { body }));
const look = async (id: string) => await sessionOf(await ask("GET", GET, { id }));
const host = async (instanceId = scene.services.instanceId) => {
  hosts.push(await hostSessions({ ...scene.services, instanceId }, { checkEveryMs: 100 }));
};
const untilStatus = async (id: string, status: SessionJson["status"]) => {
  await vi.waitFor(async () => expect((await look(id)).status).toBe(status), WAIT);
};

describe.skipIf(!canRunDesktops)("somebody who opens an app when all places are taken", () => {
  test("waits in line, sees their place move up, and gets the desktop when somebody leaves", async () => {
    await set("max_sessions", 1);
    await host();
    const first = await launch();
    expect(first.queue_place).toBeNull();
    const [second, third] = [await launch(), await launch()];
    expect(second).toMatchObject({ status: "creating", queue_place: 1 });
    expect(third).toMatchObject({ status: "creating", queue_place: 2 });
    await untilStatus(first.id, "running");
    expect(await look(second.id)).toMatchObject({ status: "creating", queue_place: 1 });

    expect((await ask("DELETE", DELETE, { id: second.id })).status).toBe(204);
    expect((await look(second.id)).status).toBe("ended");
    expect((await look(third.id)).queue_place).toBe(1);

    await ask("DELETE", DELETE, { id: first.id });
    await untilStatus(third.id, "running");
    expect((await look(third.id)).queue_place).toBeNull();
  });

  test("is overtaken by nobody, however many servers look for room", async () => {
    await set("max_sessions", 1);
    const running = await launch();
    const line = [await launch(), await launch(), await launch()];
    await untilStatus(running.id, "running");
    await scene.services.db.setting.update({ where: { key: "max_sessions" }, data: { value: 3 } });
    const late = await launch();
    expect(late.queue_place).toBe(4);
    await Promise.all([host(), host(randomUUID()), host(randomUUID())]);
    await vi.waitFor(async () => {
      const seen = await Promise.all([...line, late].map(({ id }) => look(id)));
      const places = seen.map(({ status, queue_place: place }) => place ?? status);
      expect(places).toEqual(["running", "running", 1, 2]);
    }, WAIT);
  });

  test("loses their place within a minute of closing the tab, and nobody else does", async () => {
    await set("max_sessions", 1);
    const { services } = scene;
    let passedMs = 0;
    const later = (ms: () => number) => ({
      ...services,
      now: () => new Date(Date.now() + ms()),
    });
    hosts.push(
      await hostSessions(
        later(() => passedMs),
        { checkEveryMs: 100 },
      ),
    );
    const running = await launch();
    const [closed, open] = [await launch(), await launch()];
    await untilStatus(running.id, "running");

    provideServices(later(() => 55_000));
    await look(open.id);
    const anAdministrator = routeClient(services, scene.admin);
    await anAdministrator("GET", GET, { id: closed.id });
    provideServices(services);
    passedMs = 55_000;
    await vi.waitFor(async () => {
      const { status, closeReason } = await untilSession(services, closed.id, () => true);
      expect([status, closeReason]).toEqual(["ended", "left_line"]);
    }, WAIT);
    expect(await look(open.id)).toMatchObject({ status: "creating", queue_place: 1 });
    expect((await look(closed.id)).close_message).toContain("Open the app again to wait anew");
  });

  test("keeps their place while the product was away", async () => {
    await set("max_sessions", 1);
    const running = await launch();
    const waiting = await launch();
    await untilStatus(running.id, "running");
    const old = new Date(Date.now() - 600_000);
    const { db } = scene.services;
    await db.session.update({ where: { id: waiting.id }, data: { lastUsedAt: old } });
    const next = await launch();
    await host();
    await ask("DELETE", DELETE, { id: running.id });
    await untilStatus(waiting.id, "running");
    expect((await look(next.id)).queue_place).toBe(1);
  });

  test("is told how many of their own they may have, as administrators set it", async () => {
    await set("max_sessions_per_user", 1);
    await untilStatus((await launch()).id, "running");
    const refused = await ask("POST", launchRoute, { body });
    expect(await problem(refused.clone())).toBe("409 conflict");
    const { error } = (await refused.json()) as { error: { message: string } };
    expect(error.message).toBe(
      "You have 1 open session, which is the most allowed. End one to open another.",
    );
  });

  test("is started by another server where theirs is stopping, which tells balancers so", async () => {
    const { services } = scene;
    await set("max_sessions", 1);
    const running = await launch();
    const waiting = await launch();
    await untilStatus(running.id, "running");
    await ask("DELETE", DELETE, { id: running.id });
    const stopping = { ...services, stopping: AbortSignal.abort() };
    provideServices(stopping);
    try {
      const ready = await ask("GET", readyRoute, { as: null });
      expect([ready.status, await ready.json()]).toEqual([503, { status: "draining", checks: {} }]);
      const refused = await ask("POST", launchRoute, { body });
      expect(refused.headers.get("retry-after")).toBe("2");
      expect(await problem(refused)).toBe("503 unavailable");
    } finally {
      provideServices(services);
    }
    expect(await startNextInLine(stopping)).toBe(false);
    expect(await look(waiting.id)).toMatchObject({ status: "creating", queue_place: 1 });
    expect(await startNextInLine(services)).toBe(true);
    await untilStatus(waiting.id, "running");
  });
});
