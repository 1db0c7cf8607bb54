import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { GET as appsRoute } from "@/app/api/apps/route";
import { GET as recordingRoute } from "@/app/api/recordings/[id]/route";
import { DELETE, GET } from "@/app/api/sessions/[id]/route";
import { POST as ticket } from "@/app/api/sessions/[id]/ticket/route";
import { GET as list, POST as launchRoute } from "@/app/api/sessions/route";
import type { Actor } from "@/lib/auth/permissions";
import { provideServices, type Services } from "@/lib/composition/services";
import { seedApps } from "@/lib/db/seed";
import { createLocalSessionProvider } from "@/lib/providers/local/local-session-provider";
import { startRecording } from "@/lib/recordings/start-recording";
import { endSession } from "@/lib/sessions/end-session";
import { hostSessions } from "@/lib/sessions/host-sessions";
import { SETTINGS } from "@/lib/settings/settings-schema";
import {
  appSchema,
  type SessionJson,
  sessionSchema,
  ticketSchema,
} from "@/lib/sessions/session-schema";
import { canRunDesktops } from "../support/desktop-requirements";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { descendantsOf } from "../support/processes";
import { problem, type RouteClient, routeClient } from "../support/route-client";
import { PLAIN_CONTAINER } from "../support/session-specs";
import {
  auditedSession,
  launch,
  untilSession,
  useOwnTemporaryDirectory,
} from "../support/session-scene";

const removeTemporaryDirectory = useOwnTemporaryDirectory();
let scene: RecordingScene;
let ask: RouteClient;
beforeAll(async () => {
  scene = await createRecordingScene({ SORTIE_CLUSTER: "east" });
  provideServices(scene.services);
  ask = routeClient(scene.services, scene.ana);
});
afterEach(async () => {
  const { db, provider } = scene.services;
  for (const { ref } of await provider.heldSessions()) await provider.stop(ref);
  await db.recording.deleteMany();
  await db.session.deleteMany();
  await db.host.deleteMany();
});
afterAll(async () => {
  await scene.close();
  removeTemporaryDirectory();
});

const WAIT = { timeout: 20_000, interval: 10 };
const body = JSON.stringify({ app_id: "desktop" });
const isOver = ({ endedAt }: { endedAt: Date | null }) => endedAt !== null;
const isRunning = ({ status }: { status: string }) => status === "running";
const sessionOf = async (response: Response) => sessionSchema.parse(await response.json());

describe.skipIf(!canRunDesktops)("a session", () => {
  test("is launched, listed, watched and ended over the API, by its own user", async () => {
    const created = await ask("POST", launchRoute, { body });
    expect(created.status).toBe(201);
    const session = await sessionOf(created);
    expect(session).toMatchObject({
      status: "creating",
      app_name: "Desktop",
      username: "ana",
      close_reason: null,
      started_at: null,
    });
    await untilSession(scene.services, session.id, isRunning);
    const seen = await sessionOf(await ask("GET", GET, { id: session.id }));
    expect(seen.status).toBe("running");
    expect(seen.started_at).not.toBeNull();
    const listed = (await (await ask("GET", list)).json()) as SessionJson[];
    expect(listed).toEqual([seen]);

    const ticketed = await ask("POST", ticket, { id: session.id });
    expect(ticketed.status).toBe(201);
    expect(ticketed.headers.get("cache-control")).toBe("no-store");
    expect(ticketSchema.parse(await ticketed.json()).url).toContain(
      `/gateway/sessions/${session.id}?ticket=`,
    );

    expect((await ask("DELETE", DELETE, { id: session.id })).status).toBe(204);
    expect((await ask("DELETE", DELETE, { id: session.id })).status).toBe(204);
    expect(await sessionOf(await ask("GET", GET, { id: session.id }))).toMatchObject({
      status: "ended",
      close_reason: "user_ended",
      close_message: "You ended the session.",
    });
    expect(await scene.services.provider.heldSessions()).toEqual([]);
    expect(await problem(await ask("POST", ticket, { id: session.id }))).toBe(
      "409 session_not_running",
    );
    expect(await auditedSession(scene.services, session.id)).toEqual([
      "ana session.start",
      "ana session.end user_ended",
    ]);
  });

  test("is nobody else's; an administrator sees and ends it all the same", async () => {
    const { id } = await launch(scene.services, scene.ana);
    for (const [method, handler] of [
      ["GET", GET],
      ["DELETE", DELETE],
      ["POST", ticket],
    ] as const) {
      expect(await problem(await ask(method, handler, { id, as: scene.bob }))).toBe(
        "403 forbidden",
      );
      expect((await ask(method, handler, { id, as: null })).status).toBe(401);
    }
    const all = { query: "?scope=all" };
    expect(await (await ask("GET", list, { as: scene.bob })).json()).toEqual([]);
    expect(await problem(await ask("GET", list, { as: scene.bob, ...all }))).toBe("403 forbidden");
    expect(await (await ask("GET", list, { as: scene.admin })).json()).toEqual([]);
    expect(await (await ask("GET", list, { as: scene.admin, ...all })).json()).toMatchObject([
      { id },
    ]);
    expect(await problem(await ask("POST", ticket, { id, as: scene.admin }))).toBe("403 forbidden");
    expect((await ask("DELETE", DELETE, { id, as: scene.admin })).status).toBe(204);
    expect(await auditedSession(scene.services, id)).toEqual([
      "ana session.start",
      "root session.end admin_ended",
    ]);
    expect((await sessionOf(await ask("GET", GET, { id }))).close_reason).toBe("admin_ended");
  });

  test("and its recording belong to the installation's cluster: its operations see them, others do not", async () => {
    const { id } = await launch(scene.services, scene.ana);
    const input = { sessionId: id, description: "" };
    const { recordingId } = await startRecording(scene.services, scene.ana, CLIENT, input);
    const all = { query: "?scope=all" };
    const [ofEast, ofDefault] = await Promise.all(["east", "default"].map(operations));
    const seenSession = await ask("GET", GET, { id, as: ofEast! });
    expect(await sessionOf(seenSession)).toMatchObject({ id, cluster: "east" });
    const seenRecording = await ask("GET", recordingRoute, { id: recordingId, as: ofEast! });
    expect(await seenRecording.json()).toMatchObject({ id: recordingId, cluster: "east" });
    expect(await (await ask("GET", list, { as: ofEast!, ...all })).json()).toMatchObject([{ id }]);
    for (const [thing, route] of [
      [id, GET],
      [recordingId, recordingRoute],
    ] as const) {
      const refused = await ask("GET", route, { id: thing, as: ofDefault! });
      expect(await problem(refused)).toBe("403 forbidden");
    }
    expect(await (await ask("GET", list, { as: ofDefault!, ...all })).json()).toEqual([]);
  });

  test("that is ended while it starts leaves no desktop", async () => {
    const session = await sessionOf(await ask("POST", launchRoute, { body }));
    await ask("DELETE", DELETE, { id: session.id });
    await vi.waitFor(() => expect(hasDesktop(session.id)).toBe(true), WAIT);
    await vi.waitFor(() => expect(hasDesktop(session.id)).toBe(false), WAIT);
    expect(await scene.services.provider.heldSessions()).toEqual([]);
    expect((await sessionOf(await ask("GET", GET, { id: session.id }))).close_reason).toBe(
      "user_ended",
    );
  });

  test("that cannot start has failed, and says what to do", async () => {
    const own = process.env["TMPDIR"];
    vi.stubEnv("TMPDIR", "/proc/no-such-directory");
    const broken = otherServer();
    vi.stubEnv("TMPDIR", own);
    const { id } = await launch(broken, scene.ana);
    const failed = await sessionOf(await ask("GET", GET, { id }));
    expect(failed).toMatchObject({ status: "failed", close_reason: "start_failed" });
    expect(failed.close_message).toContain("did not start");
    expect(await auditedSession(scene.services, id)).toEqual([
      "ana session.start",
      "system session.end start_failed",
    ]);
  });

  test("finds room for one only, when two are launched at once and one place is left", async () => {
    await addSessions(scene.ana, SETTINGS.max_sessions_per_user.initial - 1);
    const answers = await Promise.all([1, 2].map(() => ask("POST", launchRoute, { body })));
    const [launched, refused] = answers.toSorted((one, other) => one.status - other.status);
    expect(launched!.status).toBe(201);
    expect(await problem(refused!)).toBe("409 conflict");
    await untilSession(scene.services, (await sessionOf(launched!)).id, isRunning);
  });

  test("whose desktop ends by itself is over, and its recording goes on to be uploaded", async () => {
    const host = await hostSessions(scene.services);
    const earlier = new Set(descendantsOf(process.pid));
    const { id } = await launch(scene.services, scene.ana);
    const input = { sessionId: id, description: "" };
    const { recordingId } = await startRecording(scene.services, scene.ana, CLIENT, input);
    const [desktop] = descendantsOf(process.pid).filter((pid) => !earlier.has(pid));
    process.kill(desktop!, "SIGKILL");
    expect(await untilSession(scene.services, id, isOver)).toMatchObject({
      status: "ended",
      closeReason: "desktop_exited",
    });
    await vi.waitFor(async () => {
      const where = { id: recordingId };
      expect(await scene.services.db.recording.findUnique({ where })).toMatchObject({
        status: "uploading",
      });
    });
    await host.close();
  });

  test("of a server that stops in order ends with it, and the server is no host any more", async () => {
    const host = await hostSessions(scene.services);
    const { id } = await launch(scene.services, scene.ana);
    await host.close();
    expect(await untilSession(scene.services, id, isOver)).toMatchObject({
      closeReason: "server_restarted",
    });
    expect(await scene.services.provider.heldSessions()).toEqual([]);
    expect(await scene.services.db.host.count()).toBe(0);
  });

  test("that another server has closed loses its desktop within moments", async () => {
    const host = await hostSessions(scene.services, { checkEveryMs: 50 });
    const { id } = await launch(scene.services, scene.ana);
    await endSession(otherServer(), scene.ana, CLIENT, id);
    await vi.waitFor(() => expect(hasDesktop(id)).toBe(false), WAIT);
    expect(await scene.services.provider.heldSessions()).toEqual([]);
    await host.close();
  });
});

test("the catalogue names its apps that are switched on, and says which cannot run here", async () => {
  const { db } = scene.services;
  const offered = [
    { id: "shell", name: "Shell", kind: "terminal" },
    { id: "off", name: "Off", kind: "desktop", displayImage: undefined },
  ] as const;
  const ownApps = offered.map((app) => ({
    ...app,
    ...PLAIN_CONTAINER,
    description: "",
    image: "",
  }));
  const apps = [...scene.services.apps, ...ownApps];
  await seedApps(db, [...apps, { ...ownApps[0]!, id: "gone" }]);
  await db.app.update({ where: { id: "off" }, data: { enabled: false } });
  provideServices({ ...scene.services, apps });
  const listed = z.array(appSchema).parse(await (await ask("GET", appsRoute)).json());
  expect(listed.map(({ id }) => id)).toEqual(["desktop", "shell"]);
  expect(listed[1]).toMatchObject({
    available: false,
    unavailable_reason: expect.stringContaining("terminals need containers") as string,
  });
  const launchOf = (app_id: string) =>
    ask("POST", launchRoute, { body: JSON.stringify({ app_id }) });
  expect(await problem(await launchOf("shell"))).toBe("503 app_unavailable");
  expect(await problem(await launchOf("off"))).toBe("404 not_found");
  expect(await problem(await launchOf("gone"))).toBe("404 not_found");
  expect(await problem(await launchOf("none"))).toBe("404 not_found");
  expect((await ask("POST", launchRoute, { body: "{}" })).status).toBe(400);
  expect(await db.session.count()).toBe(0);
  provideServices(scene.services);
});

test("page after page lists every session once, newest first, also those of the same millisecond", async () => {
  await addSessions(scene.ana, 7);
  await addSessions(scene.bob, 2);
  const seen: string[] = [];
  for (let query = "?limit=3"; query !== "";) {
    const response = await ask("GET", list, { query });
    seen.push(...((await response.json()) as SessionJson[]).map(({ id }) => id));
    const link = /^<[^>?]*(\?[^>]*)>; rel="next"$/.exec(response.headers.get("link") ?? "");
    query = link?.[1] ?? "";
  }
  const own = await scene.services.db.session.findMany({
    where: { userId: scene.ana.userId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  expect(seen).toEqual(own.map(({ id }) => id));
  const running = await ask("GET", list, { query: "?status=creating,ended" });
  expect(await running.json()).toEqual([]);
});

/** Somebody of the role `ops` who has this cluster. */
async function operations(cluster: string): Promise<Actor> {
  const username = `ops-${cluster}`;
  const data = { username, displayName: username, passwordHash: "-", role: "ops" } as const;
  const { id: userId } = await scene.services.db.user.create({
    data: { ...data, clusters: { create: { cluster } } },
  });
  const { role, displayName } = data;
  return { userId, username, displayName, role, clusters: [cluster], token: null };
}

/** Running sessions of the same millisecond, as rows only. */
async function addSessions({ userId }: Actor, count: number): Promise<void> {
  const at = new Date();
  const running = { provider: "local", status: "running", createdAt: at, startedAt: at } as const;
  await scene.services.db.session.createMany({
    data: Array.from({ length: count }, () => ({ appId: "desktop", userId, ...running })),
  });
}

/** The same product as another server process has it. */
function otherServer(): Services {
  const instanceId = randomUUID();
  const { log } = scene.services;
  return {
    ...scene.services,
    instanceId,
    provider: createLocalSessionProvider({ instanceId, log }),
  };
}

/** Whether a session's files are on this machine. */
function hasDesktop(sessionId: string): boolean {
  const base = join(tmpdir(), `sortie-${process.getuid?.() ?? 0}`);
  return (
    existsSync(base) && readdirSync(base).some((name) => existsSync(join(base, name, sessionId)))
  );
}
