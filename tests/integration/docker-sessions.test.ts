import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { Services } from "@/lib/composition/services";
import { seedApps } from "@/lib/db/seed";
import { createSessionProvider } from "@/lib/providers/create-session-provider";
import type { ProviderRef } from "@/lib/providers/session-provider";
import { CLOSE_CODES } from "@/lib/gateway/close-codes";
import { loadAppCatalogue } from "@/lib/sessions/app-catalogue";
import { closeMessage } from "@/lib/sessions/close-reason";
import { hostSessions } from "@/lib/sessions/host-sessions";
import { launchSession } from "@/lib/sessions/launch-session";
import { findInstallationId } from "@/lib/settings/installation-id";
import { startContainerEngine } from "../support/container-engine";
import { CLIENT, createRecordingScene, type RecordingScene } from "../support/recording-scene";
import { changedPixels } from "../support/rfb-client";
import { startSessionServer, untilSession, watch } from "../support/session-scene";
import { desktopSpec } from "../support/session-specs";
import { echoed, visitWebApp } from "../support/web-app-visit";

const engine = await startContainerEngine();
const WAIT = { timeout: 15_000, interval: 50 };

describe.skipIf(engine === null)("sessions as containers", () => {
  // Also read where these tests are skipped.
  const image = engine?.desktopImage ?? "";
  const podman = (...words: string[]) => engine!.command(...words);
  let scene: RecordingScene;
  let services: Services;
  beforeAll(async () => {
    scene = await createRecordingScene({
      SORTIE_SESSION_PROVIDER: "docker",
      SORTIE_DOCKER_SOCKET: engine!.socketPath,
      SORTIE_DESKTOP_IMAGE: image,
    });
    const appsFile = join(scene.directory, "apps.json");
    const limits = { cpus: 0.5, memory_mb: 300, pids: 100 };
    const shared = { description: "", image, limits };
    await writeFile(
      appsFile,
      JSON.stringify([
        { ...shared, id: "desktop", name: "Desktop", kind: "desktop" },
        { ...shared, id: "shell", name: "Shell", kind: "terminal", command: ["bash", "--norc"] },
        {
          ...{ ...shared, id: "small", name: "Small app", kind: "web", port: 8000 },
          command: ["python3", "-c", await readFile("tests/support/small-web-app.py", "utf8")],
        },
      ]),
    );
    const apps = loadAppCatalogue({ ...scene.services.config.session, appsFile });
    await seedApps(scene.services.db, apps);
    services = { ...scene.services, apps };
  });
  afterEach(async () => {
    for (const { ref } of await services.provider.heldSessions()) await services.provider.stop(ref);
    await services.db.session.deleteMany();
    await services.db.host.deleteMany();
  });
  afterAll(async () => {
    await scene.close();
    await engine!.close();
  });

  /** The same installation as another web process has it. */
  function otherProcess(): Services {
    const instanceId = randomUUID();
    const surroundings = {
      ...{ instanceId, log: services.log },
      installationId: () => findInstallationId(services.db),
    };
    const provider = createSessionProvider(services.config, surroundings);
    return { ...services, instanceId, provider };
  }

  async function launch(appId: string, by: Services = services) {
    const input = { appId, width: 640, height: 480 };
    const { id } = await launchSession(by, scene.ana, CLIENT, input);
    const session = await untilSession(by, id, ({ status }) => status !== "creating");
    expect(session).toMatchObject({ status: "running", hostId: null });
    return {
      id,
      ref: session.providerRef!,
      container: String(session.providerRef!["container_id"]),
    };
  }

  const hasContainer = async (id: string) =>
    (await podman("ps", "--all", "--quiet", "--no-trunc")).split("\n").includes(id);

  test("a desktop is seen and used through any server, and outlives the one that started it", async () => {
    const first = await startSessionServer(services);
    const { id, container } = await launch("desktop", services);
    const viewer = await watch(first, scene.ana, id);
    expect([viewer.screen.width, viewer.screen.height]).toEqual([640, 480]);

    const second = await startSessionServer(otherProcess());
    await first.close();
    expect(await viewer.closed).toBe(CLOSE_CODES.restarting);
    const { screen } = await watch(second, scene.ana, id);
    const before = await screen.untilPicture(({ pixels }) => pixels.some((byte) => byte > 200));
    screen.type("clear; printf '%0500d' 8\n");
    await screen.untilPicture((picture) => changedPixels(before, picture) > 5_000);
    screen.close();
    await second.close();
    expect(await hasContainer(container)).toBe(true);
    expect((await untilSession(services, id, () => true)).status).toBe("running");
  });

  test("a terminal has the size it is given, tells its exit code, and ends when its user hangs up", async () => {
    const { ref } = await launch("shell");
    const terminal = await services.provider.openTerminal(ref, { columns: 81, rows: 25 });
    const shown = shownBy(terminal.stream);
    terminal.stream.write("stty size\n");
    await vi.waitFor(() => expect(shown()).toContain("25 81"), WAIT);
    await terminal.resize({ columns: 132, rows: 43 });
    terminal.stream.write("stty size; tty; exit 7\n");
    expect(await terminal.exited).toEqual({ code: 7 });
    expect(shown()).toMatch(/43 132[^]*\/dev\/pts\//);

    const left = await otherProcess().provider.openTerminal(ref, { columns: 80, rows: 24 });
    left.stream.write("sleep 4321\n");
    await vi.waitFor(async () => expect(await runningIn(ref)).toContain("sleep 4321"), WAIT);
    left.stream.destroy();
    await vi.waitFor(async () => expect(await runningIn(ref)).not.toContain("sleep 4321"), WAIT);
    expect(await services.provider.isAlive(ref)).toBe(true);
  });

  test("a container has the limits of its app and no privilege", async () => {
    const { ref } = await launch("shell");
    const tell = async (script: string) =>
      podman("exec", String(ref["container_id"]), "sh", "-c", script);
    const group = async (v2: string, v1: string) =>
      tell(`cat /sys/fs/cgroup/${v2} 2>/dev/null || cat /sys/fs/cgroup/${v1}`);
    expect(await group("memory.max", "memory/memory.limit_in_bytes")).toBe(`${300 * 1024 * 1024}`);
    expect(await group("pids.max", "pids/pids.max")).toBe("100");
    const quota = await group("cpu.max", "cpu/cpu.cfs_quota_us");
    expect(["50000 100000", "50000"]).toContain(quota);
    const status = await tell("cat /proc/1/status; id -u");
    expect(status).toMatch(/NoNewPrivs:\t1\n/);
    expect(status).toMatch(/CapBnd:\t0{16}\n/);
    expect(status).toMatch(/\n1000$/);
    expect(await tell("touch /tmp/a $HOME/b && ! touch /usr/c 2>/dev/null && echo ok")).toBe("ok");
  });

  test("a web app is used at its session's own host, through any server, by who was let in", async () => {
    const { id } = await launch("small");
    const server = await startSessionServer(otherProcess());
    const app = await visitWebApp(server, scene.ana, id);
    const body = `web app at /page?a=1, asked for ${app.host}`;
    expect(await app.ask("/page?a=1")).toMatchObject({ status: 200, body });
    const sent = Buffer.alloc(3_000_000, "x");
    expect(await app.ask("/count", { body: sent })).toMatchObject({ body: "3000000" });
    expect(await echoed(app.connect("/talk"), "hello")).toBe("hello");

    const other = await visitWebApp(server, scene.ana, (await launch("small")).id);
    expect(await other.ask("/")).toMatchObject({ status: 200 });
    const stranger = { cookie: "__Host-sortie-app=forged.forged" };
    expect(await app.ask("/", stranger)).toMatchObject({ status: 403 });
    await expect(echoed(app.connect("/talk", ""), "hello")).rejects.toThrow("403");

    expect(await app.ask("/fill")).toMatchObject({ status: 502 });
    const over = await untilSession(services, id, ({ endedAt }) => endedAt !== null);
    expect(closeMessage(over.closeReason!, over.closeDetail)).toMatch(
      /^The session stopped by itself\. It .*more memory than its limit.* Open the app again to go on\.$/,
    );
    await vi.waitFor(async () => expect((await app.ask("/")).status).toBe(409), WAIT);
    await server.close();
  });

  test("a session whose container is killed is over, and its user is told what to do", async () => {
    const host = await hostSessions(services, { checkEveryMs: 3_600_000 });
    const { id, container } = await launch("shell");
    await podman("kill", container);
    const session = await untilSession(services, id, ({ endedAt }) => endedAt !== null);
    expect(session).toMatchObject({ status: "ended", closeReason: "desktop_exited" });
    expect(closeMessage(session.closeReason!, session.closeDetail)).toContain("It was killed");
    await vi.waitFor(async () => expect(await hasContainer(container)).toBe(false), WAIT);
    await host.close();
  });

  test("a session whose container went while no server ran is over as soon as one does", async () => {
    const { id, container } = await launch("shell");
    const lost = await launch("shell");
    await podman("rm", "--force", "--time=0", container);
    await podman("kill", lost.container);
    const host = await hostSessions(otherProcess());
    for (const sessionId of [id, lost.id]) {
      const session = await untilSession(services, sessionId, ({ endedAt }) => endedAt !== null);
      expect(session.closeReason).toBe("desktop_exited");
    }
    await vi.waitFor(async () => expect(await hasContainer(lost.container)).toBe(false), WAIT);
    await host.close();
  });

  test("a container that no open session needs is removed; another installation's is not", async () => {
    const orphan = await services.provider.start(desktopSpec(randomUUID(), { image }));
    const stranger = createSessionProvider(services.config, {
      ...{ instanceId: randomUUID(), log: services.log },
      installationId: () => Promise.resolve(randomUUID()),
    });
    const foreign = await stranger.start(desktopSpec(randomUUID(), { image }));
    const { ref } = await launch("shell");
    const host = await hostSessions(services);
    await vi.waitFor(
      async () => expect(await services.provider.isAlive(orphan.ref)).toBe(false),
      WAIT,
    );
    await host.close();
    expect(await services.provider.isAlive(ref)).toBe(true);
    expect(await stranger.isAlive(foreign.ref)).toBe(true);
    await stranger.stop(foreign.ref);
    await stranger.stop(foreign.ref);
  });

  test("an app that cannot run says what is missing", async () => {
    const reason = async (settings: object, app = services.apps[0]!) => {
      const session = { ...services.config.session, provider: "docker", ...settings } as const;
      const surroundings = { instanceId: "", log: services.log };
      const provider = createSessionProvider(
        { session: session as Services["config"]["session"] },
        { ...surroundings, installationId: () => Promise.resolve("") },
      );
      const found = await provider.availability(app);
      return found.available ? null : found.reason;
    };
    expect(await reason({})).toBeNull();
    expect(await reason({ socketPath: "/run/none.sock" })).toBe(
      "There is no Docker or Podman socket at /run/none.sock. Start the engine, or name its socket in SORTIE_DOCKER_SOCKET.",
    );
    const paired = { ...services.apps[0]!, displayImage: image };
    expect(await reason({}, paired as (typeof services.apps)[0])).toContain(
      "only sessions in Kubernetes",
    );
    const unknown = { ...services.apps[0]!, image: "localhost:9/sortie/none:1" };
    expect(await reason({}, unknown)).toContain("is being fetched");
    const { provider } = services;
    await vi.waitFor(async () => {
      expect(await provider.availability(unknown)).toMatchObject({
        reason: expect.stringMatching(
          /^The image \S+ is not here and cannot be fetched: /,
        ) as string,
      });
    }, WAIT);
  });

  async function runningIn(ref: ProviderRef): Promise<string> {
    return podman("exec", String(ref["container_id"]), "ps", "-eo", "args");
  }
});

/** What a stream has given so far, as text. */
function shownBy(stream: Duplex): () => string {
  let text = "";
  stream.on("data", (data: Buffer) => (text += data.toString("utf8")));
  return () => text;
}
