import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, vi } from "vitest";
import { parseConfig } from "@/lib/config/config";
import { createLogger } from "@/lib/logging/logger";
import { createSessionProvider } from "@/lib/providers/create-session-provider";
import type { ProviderRef, SessionProvider, SessionSpec } from "@/lib/providers/session-provider";
import { testEnvironment } from "../services";
import { NAMESPACE, startCluster, type TestCluster } from "./cluster";
import { IMAGES } from "./kubelet";
import type { StoredPod } from "./object-store";

export interface ProviderScene {
  readonly cluster: TestCluster;
  /** A provider as a server has it; closed after the test. */
  newProvider(environment?: Readonly<Record<string, string>>): SessionProvider;
  /** Starts a session that is stopped after the test. */
  start(provider: SessionProvider, spec: SessionSpec): Promise<ProviderRef>;
  podOf(spec: SessionSpec): StoredPod;
  podCount(): number;
  /** Does this after the test. */
  afterwards(work: () => unknown): void;
}

/** Gives this test file a cluster of its own, and each test providers that use it. */
export function useCluster(): ProviderScene {
  const installationId = randomUUID();
  const cleanups: (() => unknown)[] = [];
  const scene = {} as { cluster: TestCluster };
  beforeAll(async () => {
    scene.cluster = await startCluster();
    vi.stubEnv("KUBECONFIG", scene.cluster.kubeconfig);
  });
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  afterAll(async () => {
    await scene.cluster.close();
    vi.unstubAllEnvs();
  });
  const afterwards = (work: () => unknown) => cleanups.push(work);
  return Object.assign(scene, {
    afterwards,
    newProvider: (environment = {}) => {
      const provider = newProvider(installationId, environment);
      afterwards(() => provider.close());
      return provider;
    },
    start: async (provider: SessionProvider, spec: SessionSpec) => {
      const { ref } = await provider.start(spec);
      afterwards(() => provider.stop(ref));
      return ref;
    },
    podOf: ({ sessionId }: SessionSpec) =>
      scene.cluster.api.store.get("pods", NAMESPACE, `sortie-session-${sessionId}`),
    podCount: () => scene.cluster.api.store.pods(NAMESPACE).length,
  });
}

function newProvider(
  installationId: string,
  environment: Readonly<Record<string, string>>,
): SessionProvider {
  const config = parseConfig({
    ...testEnvironment("/nowhere", "postgresql://nobody@localhost/none"),
    SORTIE_SESSION_PROVIDER: "kubernetes",
    ...environment,
  });
  return createSessionProvider(config, {
    instanceId: randomUUID(),
    installationId: () => Promise.resolve(installationId),
    log: createLogger("silent", "test"),
  });
}

const CONTAINER = {
  command: undefined,
  environment: { LANG: "C.UTF-8" },
  limits: { cpus: 0.5, memoryBytes: 256 * 1024 * 1024, pids: 100 },
  readOnlyRoot: true,
};

/** A new session of this kind; its image decides what becomes of its pod. */
export function podSpec(kind: SessionSpec["kind"], image: string = IMAGES[kind]): SessionSpec {
  const common = { ...CONTAINER, image, sessionId: randomUUID(), appId: "app" };
  switch (kind) {
    case "desktop":
      return { ...common, kind, displayImage: undefined, width: 800, height: 600 };
    case "web":
      return { ...common, kind, port: 8080 };
    case "terminal":
      return { ...common, kind };
  }
}
