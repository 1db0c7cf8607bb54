import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createServices, type Services } from "@/lib/composition/services";
import { USE_REPORT } from "@/lib/gateway/session-note";
import { seedApps } from "@/lib/db/seed";
import { loadAppCatalogue } from "@/lib/sessions/app-catalogue";
import { endSession } from "@/lib/sessions/end-session";
import { getSession } from "@/lib/sessions/get-session";
import { issueTicket } from "@/lib/sessions/issue-ticket";
import { launchSession } from "@/lib/sessions/launch-session";
import { listSessions } from "@/lib/sessions/list-sessions";
import { sessionToJson } from "@/lib/sessions/session-json";
import { canRunDesktops } from "../support/desktop-requirements";
import { NAMESPACE, startCluster, type TestCluster } from "../support/kubernetes/cluster";
import { IMAGES } from "../support/kubernetes/kubelet";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import {
  auditedSession,
  launch,
  openViewer,
  type SessionServer,
  startSessionServer,
  untilSession,
  watch,
} from "../support/session-scene";
import { echoed, visitWebApp } from "../support/web-app-visit";

const WAIT = { timeout: 10_000, interval: 20 };
let cluster: TestCluster;
let scene: RecordingScene;
let appsFile: string;
const servers: SessionServer[] = [];
beforeAll(async () => {
  cluster = await startCluster();
  vi.stubEnv("KUBECONFIG", cluster.kubeconfig);
  scene = await createRecordingScene({
    SORTIE_SESSION_PROVIDER: "kubernetes",
    SORTIE_DESKTOP_IMAGE: IMAGES.desktop,
  });
  const shared = { kind: "web", port: 8080, description: "" };
  appsFile = join(scene.directory, "apps.json");
  await writeFile(
    appsFile,
    JSON.stringify([
      { id: "desktop", name: "Desktop", kind: "desktop", description: "" },
      { ...shared, id: "small", name: "Small app", image: IMAGES.web },
      {
        ...{ id: "windows", name: "Windows", kind: "desktop", description: "" },
        ...{ image: IMAGES.windows, display_image: IMAGES.display },
      },
    ]),
  );
  const { session } = scene.services.config;
  await seedApps(scene.services.db, loadAppCatalogue({ ...session, appsFile }));
});
afterEach(async () => {
  for (const server of servers.splice(0)) await stop(server);
  const { db, provider } = scene.services;
  for (const { ref } of await provider.heldSessions()) await provider.stop(ref);
  await vi.waitFor(() => expect(pods()).toEqual([]), WAIT);
  await db.session.deleteMany();
});
afterAll(async () => {
  await scene.close();
  await cluster.close();
  vi.unstubAllEnvs();
});

const pods = () => cluster.api.store.pods(NAMESPACE).map(({ metadata }) => metadata.name);
const podOf = (sessionId: string) => `sortie-session-${sessionId}`;

/** A web process of its own on the same database. */
async function serve(
  settings: Partial<Extract<Services["config"]["session"], { provider: "kubernetes" }>> = {},
): Promise<SessionServer> {
  const { config, db } = scene.services;
  const session = { ...config.session, appsFile, ...settings } as typeof config.session;
  const own = { ...config, session };
  const services: Services = { ...createServices(own, "test"), db };
  const server = await startSessionServer(services, { noteUseEveryMs: 0 });
  servers.push(server);
  return server;
}

async function stop(server: SessionServer): Promise<void> {
  await server.close();
  await server.services.provider.close();
  await server.services.queue.close();
}

describe("a web app of somebody, as a pod", () => {
  test.each(["port-forward", "pod-ip"] as const)(
    "is used at its session's own host over %s, by who was let in",
    async (connect) => {
      const server = await serve({ connect });
      const { id } = await launch(server.services, scene.ana, "small");
      const app = await visitWebApp(server, scene.ana, id);
      expect(await app.ask("/page?a=1")).toMatchObject({
        status: 200,
        body: "web app at /page?a=1",
      });
      expect(await echoed(app.connect("/talk"), "hello")).toBe("hello");
      expect(await app.ask("/", { cookie: "" })).toMatchObject({ status: 403 });
      await expect(echoed(app.connect("/talk", ""), "hello")).rejects.toThrow("403");
      await vi.waitFor(() => expect(cluster.streams.openCount).toBe(0), WAIT);
    },
  );

  test("is in use when its tab says that somebody does something, not when the app asks its server", async () => {
    const server = await serve();
    const { db } = server.services;
    const { id } = await launch(server.services, scene.ana, "small");
    const long = new Date(Date.now() - 1_800_000);
    const app = await visitWebApp(server, scene.ana, id);
    await db.session.update({ where: { id }, data: { lastUsedAt: long } });
    await app.ask("/page");
    expect(await echoed(app.connect("/talk"), "hello")).toBe("hello");
    const lastUsed = async () => (await untilSession(server.services, id, () => true)).lastUsedAt;
    expect(await lastUsed()).toEqual(long);

    const { ticket } = await issueTicket(server.services, scene.ana, id);
    const { webSocket, closed } = openViewer(server, id, ticket);
    await vi.waitFor(async () => expect(await lastUsed()).not.toEqual(long), WAIT);
    await db.session.update({ where: { id }, data: { lastUsedAt: long } });
    webSocket.send(USE_REPORT);
    await vi.waitFor(async () => expect(await lastUsed()).not.toEqual(long), WAIT);
    webSocket.send("something else");
    expect(await closed).toBe(1003);
  });
});

describe.skipIf(!canRunDesktops)("a session of somebody, as a pod", () => {
  test("shows its desktop through the gateway, and its pod goes when they end it", async () => {
    const server = await serve();
    const session = await launch(server.services, scene.ana);
    expect(session).toMatchObject({ status: "running" });
    const { screen, closed } = await watch(server, scene.ana, session.id);
    expect([screen.width, screen.height]).toEqual([640, 480]);
    await screen.picture();
    expect(pods()).toEqual([podOf(session.id)]);
    await endSession(server.services, scene.ana, CLIENT, session.id);
    await closed;
    await vi.waitFor(() => expect(pods()).toEqual([]), WAIT);
    expect(cluster.kubelet.count).toBe(0);
    expect(await auditedSession(scene.services, session.id)).toEqual([
      "ana session.start",
      "ana session.end user_ended",
    ]);
  });

  test("shows an app without a VNC server by the display beside it", async () => {
    const server = await serve();
    const { id } = await launch(server.services, scene.ana, "windows");
    const { screen } = await watch(server, scene.ana, id);
    await screen.picture();
    const [pod] = cluster.api.store.pods(NAMESPACE);
    expect(pod?.spec?.initContainers).toMatchObject([{ image: IMAGES.display }]);
    expect(pod?.spec?.containers).toMatchObject([{ image: IMAGES.windows }]);
  });

  test("outlives the server that started it, and is shown and ended by another", async () => {
    const first = await serve();
    const { id } = await launch(first.services, scene.ana);
    const second = await serve();
    await stop(servers.shift()!);
    const { screen } = await watch(second, scene.ana, id);
    await screen.picture();
    expect((await untilSession(second.services, id, () => true)).status).toBe("running");
    await endSession(second.services, scene.ana, CLIENT, id);
    await vi.waitFor(() => expect(pods()).toEqual([]), WAIT);
  });

  test("is over when its pod is, whoever ended that and whoever looked", async () => {
    const server = await serve();
    const killed = await launch(server.services, scene.ana);
    const evicted = { reason: "Evicted", message: "The node was low on resource: memory." };
    cluster.kubelet.finish(podOf(killed.id), NAMESPACE, evicted, {});
    const over = ({ endedAt }: { endedAt: Date | null }) => endedAt !== null;
    const seen = await untilSession(server.services, killed.id, over);
    expect(seen.closeReason).toBe("desktop_exited");
    await vi.waitFor(() => expect(pods()).toEqual([]), WAIT);

    const deleted = await launch(server.services, scene.ana);
    await stop(servers.shift()!);
    cluster.api.store.markDeleting(NAMESPACE, podOf(deleted.id));
    await vi.waitFor(() => expect(pods()).toEqual([]), WAIT);
    const next = await serve();
    const found = await untilSession(next.services, deleted.id, over);
    expect(found.closeReason).toBe("desktop_exited");
  });

  test.each([
    [
      { terminated: { exitCode: 137, reason: "OOMKilled" } },
      "The session stopped by itself. It used more memory than its limit and was killed. Open the app again to go on.",
    ],
    [
      { terminated: { exitCode: 1, reason: "Error" } },
      "The session stopped by itself. It ended with code 1. Open the app again to go on.",
    ],
  ])("tells its user and the administrators why it stopped: %o", async (state, sentence) => {
    const first = await serve();
    const seen = await launch(first.services, scene.ana);
    const unseen = await launch(first.services, scene.ana);
    cluster.kubelet.finish(podOf(seen.id), NAMESPACE, {}, state);
    await untilSession(first.services, seen.id, ({ endedAt }) => endedAt !== null);
    await stop(servers.shift()!);
    // While no server looks.
    cluster.kubelet.finish(podOf(unseen.id), NAMESPACE, {}, state);
    const next = await serve();
    await untilSession(next.services, unseen.id, ({ endedAt }) => endedAt !== null);
    expect(await toldOf(seen.id)).toEqual([sentence, sentence]);
    expect(await toldOf(unseen.id)).toEqual([sentence, sentence]);
  });

  test("tells why it did not start", async () => {
    const failing = async (desktopImage: string) => {
      const { services } = await serve({ desktopImage });
      const { id, status } = await launch(services, scene.ana);
      expect(status).toBe("failed");
      return toldOf(id);
    };
    const sentence =
      "The session did not start. Its image cannot be pulled. Try again; if it fails again, ask an administrator to read the server's log.";
    expect(await failing(IMAGES.missing)).toEqual([sentence, sentence]);
    expect((await failing(IMAGES.crashing))[0]).toContain("It ended with code 127.");
  });

  /** What its user reads on its page, and an administrator in the list of sessions. */
  async function toldOf(id: string): Promise<(string | null | undefined)[]> {
    const session = sessionToJson(await getSession(scene.services, scene.ana, id, "view"));
    const list = await listSessions(scene.services, scene.admin, { scope: "all", limit: 50 });
    const listed = list.sessions.find((one) => one.id === id);
    return [session.close_message, listed && sessionToJson(listed).close_message];
  }

  test("that nobody has any more is removed; another installation's stays", async () => {
    const server = await serve();
    const forgotten = await launch(server.services, scene.ana);
    const foreign = cluster.api.store.pods(NAMESPACE)[0]!;
    const name = podOf(randomUUID());
    const labels = { ...foreign.metadata.labels, "sortie.instance-id": randomUUID() };
    cluster.api.store.create("pods", NAMESPACE, {
      ...foreign,
      metadata: { name, labels },
      spec: { containers: [{ name: "app", image: IMAGES.terminal }] },
    });
    await scene.services.db.session.delete({ where: { id: forgotten.id } });
    await vi.waitFor(() => expect(pods()).toEqual([name]), WAIT);
    cluster.api.store.markDeleting(NAMESPACE, name);
  });

  test("is given up when its server stops while no node has room for it, and leaves nothing", async () => {
    const server = await serve({ desktopImage: IMAGES.huge });
    const input = { appId: "desktop", width: 640, height: 480 };
    const { id } = await launchSession(server.services, scene.ana, CLIENT, input);
    await vi.waitFor(() => expect(pods()).toEqual([podOf(id)]), WAIT);
    await stop(servers.shift()!);
    await vi.waitFor(() => expect(pods()).toEqual([]), WAIT);
    const { status, closeReason } = await untilSession(scene.services, id, () => true);
    expect({ status, closeReason }).toEqual({ status: "ended", closeReason: "server_restarted" });
  });
});
