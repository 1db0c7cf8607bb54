import { randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createLogger } from "@/lib/logging/logger";
import { parseConfig } from "@/lib/config/config";
import { createSessionProvider } from "@/lib/providers/create-session-provider";
import type { ProviderRef, SessionProvider, SessionSpec } from "@/lib/providers/session-provider";
import { canRunDesktops } from "../support/desktop-requirements";
import { NAMESPACE, startCluster, type TestCluster } from "../support/kubernetes/cluster";
import { IMAGES } from "../support/kubernetes/kubelet";
import { StatusError, type StoredPod } from "../support/kubernetes/object-store";
import { RfbClient } from "../support/rfb-client";
import { testEnvironment } from "../support/services";

const WAIT = { timeout: 10_000, interval: 10 };
let cluster: TestCluster;
const cleanups: (() => unknown)[] = [];
beforeAll(async () => {
  cluster = await startCluster();
  vi.stubEnv("KUBECONFIG", cluster.kubeconfig);
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});
afterAll(async () => {
  await cluster.close();
  vi.unstubAllEnvs();
});

function newProvider(environment: Readonly<Record<string, string>> = {}): SessionProvider {
  const config = parseConfig({
    ...testEnvironment("/nowhere", "postgresql://nobody@localhost/none"),
    SORTIE_SESSION_PROVIDER: "kubernetes",
    ...environment,
  });
  const log = createLogger("silent", "test");
  const provider = createSessionProvider(config, { instanceId: randomUUID(), log });
  cleanups.push(() => provider.close());
  return provider;
}

const container = {
  command: undefined,
  environment: { LANG: "C.UTF-8" },
  limits: { cpus: 0.5, memoryBytes: 256 * 1024 * 1024, pids: 100 },
  readOnlyRoot: true,
};
function specOf(kind: SessionSpec["kind"], image: string = IMAGES[kind]): SessionSpec {
  const common = { ...container, image, sessionId: randomUUID(), appId: "app" };
  switch (kind) {
    case "desktop":
      return { ...common, kind, width: 800, height: 600 };
    case "web":
      return { ...common, kind, port: 8080 };
    case "terminal":
      return { ...common, kind };
  }
}

async function start(provider: SessionProvider, spec: SessionSpec): Promise<ProviderRef> {
  const { ref } = await provider.start(spec);
  cleanups.push(() => provider.stop(ref));
  return ref;
}

const podOf = ({ sessionId }: SessionSpec): StoredPod =>
  cluster.api.store.get("pods", NAMESPACE, `sortie-session-${sessionId}`);
const podCount = () => cluster.api.store.pods(NAMESPACE).length;

describe("a session as a pod", () => {
  test("runs without root, privileges, a writable root or a token, within the limits of its app", async () => {
    const provider = newProvider({
      SORTIE_KUBERNETES_NODE_SELECTOR: "pool=sessions,example.org/disk=ssd",
      SORTIE_KUBERNETES_IMAGE_PULL_SECRETS: "mirror,other",
      SORTIE_KUBERNETES_RUNTIME_CLASS: "gvisor",
      SORTIE_SESSION_MAX_MINUTES: "10",
    });
    const spec = specOf("web");
    await start(provider, spec);
    const { metadata, spec: pod } = podOf(spec);
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
    const provider = newProvider({ SORTIE_KUBERNETES_CONNECT: way });
    const ref = await start(provider, specOf("web"));
    const connection = await provider.connectWeb(ref);
    connection.write("GET /page HTTP/1.1\r\nHost: app\r\nConnection: close\r\n\r\n");
    expect(await text(connection)).toContain("web app at /page");
  });

  test("is told from a later pod: what is over is not reached, whoever has its address now", async () => {
    const provider = newProvider();
    const spec = specOf("web");
    const { ref } = await provider.start(spec);
    expect(await provider.isAlive(ref)).toBe(true);
    await provider.stop(ref);
    await vi.waitFor(() => expect(podCount()).toBe(0), WAIT);
    await provider.stop(ref);
    expect(await provider.isAlive(ref)).toBe(false);
    const again = await start(provider, spec);
    expect(await provider.isAlive(again)).toBe(true);
    expect(await provider.isAlive(ref)).toBe(false);
    await expect(provider.connectWeb(ref)).rejects.toMatchObject({ code: "session_not_running" });
    await provider.stop(ref);
    expect(await provider.isAlive(again)).toBe(true);
  });

  test("goes on when the server stops, and is reached by the next one", async () => {
    const provider = newProvider();
    const ref = await start(provider, specOf("web"));
    await provider.close();
    const next = newProvider();
    expect(await next.isAlive(ref)).toBe(true);
    (await next.connectWeb(ref)).destroy();
  });
});

describe.skipIf(!canRunDesktops)("a desktop in a pod", () => {
  test.each(["pod-ip", "port-forward"])(
    "shows itself over %s to who has its password, which only a secret of the pod's own holds",
    async (way) => {
      const provider = newProvider({ SORTIE_KUBERNETES_CONNECT: way });
      const spec = specOf("desktop");
      const ref = await start(provider, spec);
      const password = provider.desktopPassword(ref);
      const screen = await RfbClient.connect(await provider.connectDesktop(ref), password);
      expect([screen.width, screen.height]).toEqual([800, 600]);
      await screen.picture();

      expect(JSON.stringify(podOf(spec))).not.toContain(password);
      const secrets = () => cluster.api.store.list("secrets", NAMESPACE);
      expect(secrets()).toMatchObject([
        { metadata: { ownerReferences: [{ kind: "Pod", uid: podOf(spec).metadata.uid }] } },
      ]);
      await provider.stop(ref);
      await vi.waitFor(() => expect(secrets()).toEqual([]), WAIT);
    },
  );
});

describe("a pod that does not start", () => {
  test.each([[IMAGES.missing, "Its image cannot be pulled."]])(
    "from %s is removed, and why is told in words",
    async (image, why) => {
      const provider = newProvider();
      await expect(provider.start(specOf("web", image))).rejects.toMatchObject({
        code: "app_unavailable",
        message: expect.stringContaining(why) as string,
      });
      await vi.waitFor(() => expect(podCount()).toBe(0), WAIT);
    },
  );

  test("because its password could not be stored is removed", async () => {
    const provider = newProvider();
    cluster.api.refuseNext("create", "secrets", new StatusError(403, "Forbidden", "no"));
    await expect(provider.start(specOf("desktop"))).rejects.toMatchObject({
      code: "app_unavailable",
    });
    await vi.waitFor(() => expect(podCount()).toBe(0), WAIT);
  });

  test("because the quota is used up says so", async () => {
    const provider = newProvider();
    const words = 'pods "x" is forbidden: exceeded quota: sessions, requested: pods=1';
    cluster.api.refuseNext("create", "pods", new StatusError(403, "Forbidden", words));
    await expect(provider.start(specOf("web"))).rejects.toThrow("quota");
  });
});
