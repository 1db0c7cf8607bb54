import { randomInt, randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
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
import { pidsOfCommand } from "../support/processes";
import { RfbClient } from "../support/rfb-client";
import { testEnvironment } from "../support/services";

const WAIT = { timeout: 10_000, interval: 10 };
const installationId = randomUUID();
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
  const provider = createSessionProvider(config, {
    instanceId: randomUUID(),
    installationId: () => Promise.resolve(installationId),
    log,
  });
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

describe("a terminal in a pod", () => {
  const SIZE = { columns: 90, rows: 30 };

  test("runs a shell of its own in its size, follows a new one, and ends with the shell's code", async () => {
    const provider = newProvider();
    const ref = await start(provider, specOf("terminal"));
    const { stream, resize, exited } = await provider.openTerminal(ref, SIZE);
    const screen = watchOutput(stream);
    stream.write("stty size; echo $TERM\n");
    await screen.until("30 90");
    await screen.until("xterm-256color");
    await resize({ columns: 120, rows: 40 });
    stream.write("stty size\n");
    await screen.until("40 120");
    stream.write("exit 7\n");
    expect(await exited).toEqual({ code: 7 });
    await vi.waitFor(() => expect(stream.destroyed).toBe(true), WAIT);
  });

  test("speaks the exec protocol, version 5, byte for byte", async () => {
    const provider = newProvider();
    const spec = { ...specOf("terminal"), command: ["cat"] } as SessionSpec;
    const ref = await start(provider, spec);
    const earlier = cluster.streams.received.length;
    const { stream, exited } = await provider.openTerminal(ref, SIZE);
    const screen = watchOutput(stream);
    stream.write("word\n");
    await screen.until("word\r\nword\r\n");
    stream.end();
    expect(await exited).toEqual({ code: 0 });
    expect(cluster.streams.received.slice(earlier)).toEqual([
      Buffer.from('\u0004{"Width":90,"Height":30}'),
      Buffer.from("\u0000word\n"),
      Buffer.from([255, 0]),
    ]);
  });

  test("runs its app's own command", async () => {
    const provider = newProvider();
    const command = ["sh", "-c", 'printf "%s|" "$@"; exit 3', "sh", "two words", "$HOME"];
    const ref = await start(provider, { ...specOf("terminal"), command } as SessionSpec);
    const { stream, exited } = await provider.openTerminal(ref, SIZE);
    const screen = watchOutput(stream);
    expect(await exited).toEqual({ code: 3 });
    await screen.until("two words|$HOME|");
  });

  test("is hung up when its viewer goes: nothing of it goes on running", async () => {
    const provider = newProvider();
    const ref = await start(provider, specOf("terminal"));
    const { stream, exited } = await provider.openTerminal(ref, SIZE);
    const screen = watchOutput(stream);
    const seconds = String(randomInt(100_000, 1_000_000));
    stream.write(`sleep ${seconds} & echo started; sleep ${seconds}\n`);
    await screen.until("started\r\n");
    await vi.waitFor(() => expect(pidsOfCommand("sleep", seconds)).toHaveLength(2), WAIT);
    stream.destroy();
    await expect(exited).rejects.toThrow("before its command");
    await vi.waitFor(() => expect(pidsOfCommand("sleep", seconds)).toEqual([]), WAIT);
  });

  test("holds back a program that writes faster than its viewer reads, and loses nothing", async () => {
    const provider = newProvider();
    const ref = await start(provider, specOf("terminal"));
    const { stream } = await provider.openTerminal(ref, SIZE);
    const bytes = 8_000_000;
    stream.write(
      `stty -onlcr -echo; echo begin; head -c ${bytes} /dev/zero | tr '\\0' x; echo; echo done\n`,
    );
    let count = 0;
    let tail = "";
    const finished = new Promise<void>((resolve) => {
      stream.on("data", (data: Buffer) => {
        for (const byte of data) if (byte === 0x78) count += 1;
        tail = (tail + data.toString()).slice(-100);
        if (/xxx\ndone/.test(tail)) resolve();
      });
    });
    stream.pause();
    await vi.waitFor(() => expect(stream.readableLength).toBeGreaterThan(0), WAIT);
    expect(stream.readableLength).toBeLessThan(2 * 1024 * 1024);
    stream.resume();
    await finished;
    expect(count).toBeGreaterThanOrEqual(bytes);
  });

  test("is refused by a cluster that speaks only older protocols", async () => {
    const provider = newProvider();
    const ref = await start(provider, specOf("terminal"));
    cluster.streams.isOld = true;
    cleanups.push(() => (cluster.streams.isOld = false));
    await expect(provider.openTerminal(ref, SIZE)).rejects.toMatchObject({ code: "unavailable" });
  });
});

function watchOutput(stream: Duplex) {
  let output = "";
  stream.on("error", () => undefined);
  stream.on("data", (data: Buffer) => (output += data.toString()));
  return {
    until: (wanted: string) => vi.waitFor(() => expect(output).toContain(wanted), WAIT),
  };
}

describe("the watch of the cluster", () => {
  test.each([
    ["a broken connection", () => cluster.api.breakWatches()],
    ["the end of a watch", () => cluster.api.endWatches()],
    [
      "a version that the server has forgotten",
      () => {
        cluster.api.store.compact();
        cluster.api.breakWatches();
      },
    ],
  ])("survives %s: what happens meanwhile and afterwards is heard", async (_what, disturb) => {
    const provider = newProvider();
    const exits: string[] = [];
    provider.onExit((sessionId, detail) => exits.push(`${sessionId} ${detail}`));
    const [meanwhile, afterwards] = [specOf("web"), specOf("web")];
    await start(provider, meanwhile);
    await start(provider, afterwards);
    disturb();
    const exit = { terminated: { exitCode: 137, reason: "OOMKilled" } };
    cluster.kubelet.finish(podOf(meanwhile).metadata.name, NAMESPACE, {}, exit);
    const killed = "It used more memory than its limit and was killed.";
    await vi.waitFor(() => expect(exits).toEqual([`${meanwhile.sessionId} ${killed}`]), WAIT);
    const evicted = { reason: "Evicted", message: "The node was low on resource: memory." };
    cluster.kubelet.finish(podOf(afterwards).metadata.name, NAMESPACE, evicted, {});
    const words = "Its node ran short of memory or disk and evicted it.";
    await vi.waitFor(
      () => expect(exits.slice(1)).toEqual([`${afterwards.sessionId} ${words}`]),
      WAIT,
    );
  });

  test("goes on where it was: nothing is listed again after a cut", async () => {
    const provider = newProvider();
    await start(provider, specOf("web"));
    cluster.api.requests.length = 0;
    cluster.api.breakWatches();
    await vi.waitFor(() => expect(cluster.api.requests).toContain("watch pods"), WAIT);
    expect(cluster.api.requests).not.toContain("list pods");
  });

  test("tells what the service account lacks, and what the cluster does when it is away", async () => {
    const forbidden = new StatusError(403, "Forbidden", "pods is forbidden");
    cluster.api.refuseNext("list", "pods", forbidden);
    const provider = newProvider();
    const { kind, ...container } = specOf("web");
    const available = await provider.availability({ kind, port: 1, ...container } as never);
    expect(available).toMatchObject({
      available: false,
      reason: expect.stringContaining("docs/kubernetes.md") as string,
    });
    await vi.waitFor(async () => {
      expect(await provider.availability(specOf("web"))).toEqual({ available: true });
    }, WAIT);
  });
});
