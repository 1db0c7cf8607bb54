import { text } from "node:stream/consumers";
import { describe, expect, test, vi } from "vitest";
import { createLogger } from "@/lib/logging/logger";
import { ClusterClient } from "@/lib/providers/kubernetes/cluster-client";
import { PodWatch } from "@/lib/providers/kubernetes/pod-watch";
import { untilReady } from "@/lib/providers/kubernetes/until-ready";
import { canRunDesktops } from "../support/desktop-requirements";
import { NAMESPACE } from "../support/kubernetes/cluster";
import { IMAGES } from "../support/kubernetes/kubelet";
import { StatusError } from "../support/kubernetes/object-store";
import { podSpec, useCluster } from "../support/kubernetes/provider-scene";
import { RfbClient } from "../support/rfb-client";

const WAIT = { timeout: 10_000, interval: 10 };
const scene = useCluster();

describe("a session as a pod", () => {
  test("runs without root, privileges, a writable root or a token, within the limits of its app", async () => {
    const provider = scene.newProvider({
      SORTIE_KUBERNETES_NODE_SELECTOR: "pool=sessions,example.org/disk=ssd",
      SORTIE_KUBERNETES_IMAGE_PULL_SECRETS: "mirror,other",
      SORTIE_KUBERNETES_RUNTIME_CLASS: "gvisor",
      SORTIE_SESSION_MAX_MINUTES: "10",
    });
    const spec = podSpec("web");
    await scene.start(provider, spec);
    const { metadata, spec: pod } = scene.podOf(spec);
    expect(metadata.labels).toMatchObject({
      "app.kubernetes.io/managed-by": "sortie",
      "app.kubernetes.io/component": "session",
      "sortie.session-id": spec.sessionId,
    });
    expect(pod).toMatchObject({
      restartPolicy: "Never",
      activeDeadlineSeconds: 900,
      automountServiceAccountToken: false,
      runtimeClassName: "gvisor",
      nodeSelector: { pool: "sessions", "example.org/disk": "ssd" },
      imagePullSecrets: [{ name: "mirror" }, { name: "other" }],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    expect(pod?.containers).toMatchObject([
      {
        image: IMAGES.web,
        resources: {
          limits: { cpu: "500m", memory: "256Mi" },
          requests: { cpu: "50m", memory: "256Mi" },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        readinessProbe: { tcpSocket: { port: 8080 } },
        volumeMounts: [{ mountPath: "/tmp" }, { mountPath: "/home/user" }],
      },
    ]);
  });

  test.each(["pod-ip", "port-forward"])("of a web app is reached by %s", async (way) => {
    const provider = scene.newProvider({ SORTIE_KUBERNETES_CONNECT: way });
    const ref = await scene.start(provider, podSpec("web"));
    const connection = await provider.connectWeb(ref);
    connection.write("GET /page HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n");
    expect(await text(connection)).toContain("web app at /page");
  });

  test("that has nothing behind a port ends the connection to it, and says why", async () => {
    const provider = scene.newProvider({ SORTIE_KUBERNETES_CONNECT: "port-forward" });
    const ref = await scene.start(provider, podSpec("web"));
    const connection = await provider.connectWeb({ ...ref, port: 9 });
    const ended = new Promise<Error>((resolve) => connection.once("error", resolve));
    connection.resume();
    expect((await ended).message).toContain("error forwarding port 9");
    expect(connection.destroyed).toBe(true);
  });

  test("is told from a later pod: what is over is not reached, whoever has its address now", async () => {
    const provider = scene.newProvider();
    const spec = podSpec("web");
    const { ref } = await provider.start(spec);
    expect(await provider.isAlive(ref)).toBe(true);
    await provider.stop(ref);
    await vi.waitFor(() => expect(scene.podCount()).toBe(0), WAIT);
    await provider.stop(ref);
    expect(await provider.isAlive(ref)).toBe(false);
    const again = await scene.start(provider, spec);
    expect(await provider.isAlive(again)).toBe(true);
    expect(await provider.isAlive(ref)).toBe(false);
    await expect(provider.connectWeb(ref)).rejects.toMatchObject({ code: "session_not_running" });
    await provider.stop(ref);
    expect(await provider.isAlive(again)).toBe(true);
  });

  test("waits for a cluster that is too busy", async () => {
    const provider = scene.newProvider();
    const busy = new StatusError(429, "TooManyRequests", "too many requests");
    scene.cluster.api.refuseNext("create", "pods", busy);
    await scene.start(provider, podSpec("web"));
    expect(scene.podCount()).toBe(1);
  });

  test("goes on when the server stops, and is reached by the next one", async () => {
    const provider = scene.newProvider();
    const ref = await scene.start(provider, podSpec("web"));
    await provider.close();
    const next = scene.newProvider();
    expect(await next.isAlive(ref)).toBe(true);
    (await next.connectWeb(ref)).destroy();
  });
});

describe.skipIf(!canRunDesktops)("a desktop in a pod", () => {
  test.each(["pod-ip", "port-forward"])(
    "shows itself over %s to who has its password, which only a secret of the pod's own holds",
    async (way) => {
      const provider = scene.newProvider({ SORTIE_KUBERNETES_CONNECT: way });
      const spec = podSpec("desktop");
      const ref = await scene.start(provider, spec);
      const password = provider.desktopPassword(ref);
      const screen = await RfbClient.connect(await provider.connectDesktop(ref), password);
      expect([screen.width, screen.height]).toEqual([800, 600]);
      await screen.picture();

      expect(JSON.stringify(scene.podOf(spec))).not.toContain(password);
      const secrets = () => scene.cluster.api.store.list("secrets", NAMESPACE);
      expect(secrets()).toMatchObject([
        { metadata: { ownerReferences: [{ kind: "Pod", uid: scene.podOf(spec).metadata.uid }] } },
      ]);
      await provider.stop(ref);
      await vi.waitFor(() => expect(secrets()).toEqual([]), WAIT);
    },
  );
});

describe("a pod that does not start", () => {
  test("because its image cannot be pulled is removed, and why is told in words", async () => {
    const provider = scene.newProvider();
    await expect(provider.start(podSpec("web", IMAGES.missing))).rejects.toMatchObject({
      code: "app_unavailable",
      message: expect.stringContaining("Its image cannot be pulled.") as string,
    });
    await vi.waitFor(() => expect(scene.podCount()).toBe(0), WAIT);
  });

  test("because no node has room is given up in time, in the cluster's own words", async () => {
    const watch = new PodWatch(() => ClusterClient.open(NAMESPACE), {
      labelSelector: () => Promise.resolve("test=huge"),
      log: createLogger("silent", "test"),
    });
    scene.afterwards(() => watch.close());
    await watch.untilSettled();
    const { store } = scene.cluster.api;
    store.create("pods", NAMESPACE, {
      metadata: { name: "huge", labels: { test: "huge" } },
      spec: { containers: [{ name: "app", image: IMAGES.huge }] },
    });
    scene.afterwards(() => store.markDeleting(NAMESPACE, "huge"));
    const patience = { timeoutMs: 1_000, signal: new AbortController().signal };
    await expect(untilReady(watch, "huge", patience)).rejects.toThrow(
      "No node of the cluster has room for it. 0/3 nodes are available: 3 Insufficient memory. (after 1 s)",
    );
  });

  test("because its password could not be stored is removed", async () => {
    const provider = scene.newProvider();
    scene.cluster.api.refuseNext("create", "secrets", new StatusError(403, "Forbidden", "no"));
    await expect(provider.start(podSpec("desktop"))).rejects.toMatchObject({
      code: "app_unavailable",
    });
    await vi.waitFor(() => expect(scene.podCount()).toBe(0), WAIT);
  });

  test("because the quota is used up says so", async () => {
    const provider = scene.newProvider();
    const words = 'pods "x" is forbidden: exceeded quota: sessions, requested: pods=1';
    scene.cluster.api.refuseNext("create", "pods", new StatusError(403, "Forbidden", words));
    await expect(provider.start(podSpec("web"))).rejects.toThrow("quota");
  });
});

describe("the watch of the cluster", () => {
  test.each([
    ["a broken connection", () => scene.cluster.api.breakWatches()],
    ["the end of a watch", () => scene.cluster.api.endWatches()],
    [
      "a version that the server has forgotten",
      () => {
        scene.cluster.api.store.compact();
        scene.cluster.api.breakWatches();
      },
    ],
  ])("survives %s: what happens meanwhile and afterwards is heard", async (_what, disturb) => {
    const provider = scene.newProvider();
    const exits: string[] = [];
    provider.onExit((sessionId, detail) => exits.push(`${sessionId} ${detail}`));
    const [meanwhile, afterwards] = [podSpec("web"), podSpec("web")];
    await scene.start(provider, meanwhile);
    await scene.start(provider, afterwards);
    disturb();
    const exit = { terminated: { exitCode: 137, reason: "OOMKilled" } };
    scene.cluster.kubelet.finish(scene.podOf(meanwhile).metadata.name, NAMESPACE, {}, exit);
    const killed = "It used more memory than its limit and was killed.";
    await vi.waitFor(() => expect(exits).toEqual([`${meanwhile.sessionId} ${killed}`]), WAIT);
    const evicted = { reason: "Evicted", message: "The node was low on resource: memory." };
    scene.cluster.kubelet.finish(scene.podOf(afterwards).metadata.name, NAMESPACE, evicted, {});
    const words = "Its node ran short of memory or disk and evicted it.";
    await vi.waitFor(
      () => expect(exits.slice(1)).toEqual([`${afterwards.sessionId} ${words}`]),
      WAIT,
    );
  });

  test("goes on where it was: nothing is listed again after a cut", async () => {
    const provider = scene.newProvider();
    await scene.start(provider, podSpec("web"));
    scene.cluster.api.requests.length = 0;
    scene.cluster.api.breakWatches();
    await vi.waitFor(() => expect(scene.cluster.api.requests).toContain("watch pods"), WAIT);
    expect(scene.cluster.api.requests).not.toContain("list pods");
  });

  test("tells what the service account lacks, and what the cluster does when it is away", async () => {
    const forbidden = new StatusError(403, "Forbidden", "pods is forbidden");
    scene.cluster.api.refuseNext("list", "pods", forbidden);
    const provider = scene.newProvider();
    const available = await provider.availability(podSpec("web"));
    expect(available).toMatchObject({
      available: false,
      reason: expect.stringContaining("docs/kubernetes.md") as string,
    });
    await vi.waitFor(async () => {
      expect(await provider.availability(podSpec("web"))).toEqual({ available: true });
    }, WAIT);
  });
});
