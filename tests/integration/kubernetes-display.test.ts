import { describe, expect, test, vi } from "vitest";
import type { SessionSpec } from "@/lib/providers/session-provider";
import { canRunDesktops } from "../support/desktop-requirements";
import { NAMESPACE } from "../support/kubernetes/cluster";
import { IMAGES } from "../support/kubernetes/kubelet";
import { podSpec, useCluster } from "../support/kubernetes/provider-scene";
import { RfbClient } from "../support/rfb-client";

const WAIT = { timeout: 10_000, interval: 10 };
const scene = useCluster();

describe.skipIf(!canRunDesktops)("an app without a VNC server, in a pod with its display", () => {
  const windows = (displayImage: string = IMAGES.display) =>
    ({ ...podSpec("desktop", IMAGES.windows), displayImage }) as SessionSpec;

  test("shares a socket and a cookie with it, and neither the password nor any right", async () => {
    const provider = scene.newProvider();
    const spec = windows();
    await scene.start(provider, spec);
    const { spec: pod } = scene.podOf(spec);
    const display = pod!.initContainers![0]!;
    const app = pod!.containers[0]!;
    expect([pod!.initContainers!.length, pod!.containers.length]).toEqual([1, 1]);
    expect(display).toMatchObject({
      image: IMAGES.display,
      // What makes it a sidecar: its end is not the pod's, and the app's is its own.
      restartPolicy: "Always",
      startupProbe: { tcpSocket: { port: 5900 } },
      readinessProbe: { tcpSocket: { port: 5900 } },
      resources: { limits: { cpu: "1000m", memory: "512Mi" } },
    });
    expect(app).toMatchObject({ image: IMAGES.windows, resources: { limits: { cpu: "500m" } } });
    expect(app).not.toHaveProperty("readinessProbe");
    for (const container of [display, app]) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      expect(container.env).toContainEqual({ name: "DISPLAY", value: ":1" });
      const cookie = { name: "XAUTHORITY", value: "/tmp/.X11-unix/authority" };
      expect(container.env).toContainEqual(cookie);
      const shared = { name: "display", mountPath: "/tmp/.X11-unix" };
      expect(container.volumeMounts).toContainEqual(shared);
    }
    const names = (container: typeof app) => container.volumeMounts!.map(({ name }) => name);
    expect(names(app).filter((name) => names(display).includes(name))).toEqual(["display"]);
    expect(JSON.stringify(app.env)).not.toContain("SORTIE_VNC_PASSWORD");
  });

  test("is seen through it, and over with the app's own code", async () => {
    const provider = scene.newProvider();
    const exits: string[] = [];
    provider.onExit((sessionId, why) => exits.push(`${sessionId} ${why}`));
    const spec = windows();
    const ref = await scene.start(provider, spec);
    const password = provider.desktopPassword(ref);
    const screen = await RfbClient.connect(await provider.connectDesktop(ref), password);
    expect([screen.width, screen.height]).toEqual([800, 600]);
    const exit = { terminated: { exitCode: 3, reason: "Error" } };
    scene.cluster.kubelet.finish(scene.podOf(spec).metadata.name, NAMESPACE, {}, exit);
    const told = `${spec.sessionId} It ended with code 3.`;
    await vi.waitFor(() => expect(exits).toEqual([told]), WAIT);
    expect(await provider.isAlive(ref)).toBe(false);
  });

  test("is over when the display has failed, though the cluster starts that again", async () => {
    const provider = scene.newProvider();
    const exits: string[] = [];
    provider.onExit((sessionId, why) => exits.push(`${sessionId} ${why}`));
    const spec = windows();
    const ref = await scene.start(provider, spec);
    const lastState = { terminated: { exitCode: 137, reason: "OOMKilled" } };
    const again = { image: "", imageID: "", ready: true, restartCount: 1, state: { running: {} } };
    scene.cluster.api.store.setStatus(NAMESPACE, scene.podOf(spec).metadata.name, {
      initContainerStatuses: [{ ...again, name: "display", lastState }],
    });
    const why = "Its display used more memory than its limit and was killed.";
    await vi.waitFor(() => expect(exits).toEqual([`${spec.sessionId} ${why}`]), WAIT);
    const held = { sessionId: spec.sessionId, isAlive: false, why };
    expect(await provider.heldSessions()).toContainEqual(expect.objectContaining(held));
    await expect(provider.connectDesktop(ref)).rejects.toMatchObject({
      code: "session_not_running",
    });
  });

  test.each([
    [IMAGES.missing, "Its display's image cannot be pulled."],
    [IMAGES.crashing, "Its display ended with code 127."],
  ])("does not start with the display %s, and why is told", async (image, why) => {
    const provider = scene.newProvider();
    await expect(provider.start(windows(image))).rejects.toMatchObject({
      code: "app_unavailable",
      why,
    });
    await vi.waitFor(() => expect(scene.podCount()).toBe(0), WAIT);
  });
});
