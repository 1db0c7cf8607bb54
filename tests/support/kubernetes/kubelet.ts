import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Container, V1ContainerState, V1PodStatus } from "@kubernetes/client-node";
import { WebSocketServer } from "ws";
import type { Manifest } from "@/lib/providers/kubernetes/manifest";
import { vncPasswordFile } from "@/lib/providers/vnc-password";
import type { ObjectStore, StoredPod, StoredSecret } from "./object-store";

/** What becomes of a pod, by its image. */
export const IMAGES = {
  desktop: "sortie-desktop:test",
  web: "web:test",
  terminal: "terminal:test",
  missing: "registry.example/missing:1",
  huge: "huge:test",
  crashing: "crashing:test",
  /** A desktop's app without a VNC server, and what shows it. */
  windows: "windows:test",
  display: "display:test",
} as const;

/**
 * The node: runs the pods of a store as real processes on loopback addresses of their own, and
 * reports what becomes of them in their status, as a kubelet does.
 */
export class Kubelet {
  readonly #running = new Map<string, () => void>();
  readonly #network = `127.${randomInt(16, 250)}.${randomInt(250)}`;
  #lastHost = 1;

  constructor(private readonly store: ObjectStore) {
    store.subscribe(({ type, resource, object }) => {
      if (resource !== "pods") return;
      const pod = object as StoredPod;
      if (type === "ADDED") setImmediate(() => void this.#run(pod));
      if (pod.metadata.deletionTimestamp !== undefined && type === "MODIFIED") this.#end(pod);
    });
  }

  close(): void {
    for (const stop of this.#running.values()) stop();
  }

  /** How many pods have processes. */
  get count(): number {
    return this.#running.size;
  }

  /** The app's container ends by itself, as `kubectl describe` would show it. */
  finish(
    name: string,
    namespace: string,
    ending: Manifest<V1PodStatus>,
    state: Manifest<V1ContainerState>,
  ) {
    this.#running.get(name)?.();
    this.#running.delete(name);
    this.store.setStatus(namespace, name, {
      phase: "Failed",
      conditions: [{ type: "Ready", status: "False", reason: "PodFailed" }],
      containerStatuses: [containerOf(state)],
      ...ending,
    });
  }

  async #run(pod: StoredPod): Promise<void> {
    const { name, namespace } = pod.metadata;
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    const has = (image: string) => containers.some((container) => container.image === image);
    const set = (status: Manifest<V1PodStatus>) => this.store.setStatus(namespace, name, status);
    if (has(IMAGES.huge)) {
      const message = "0/3 nodes are available: 3 Insufficient memory.";
      set({
        conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }],
      });
      return;
    }
    const scheduled = { type: "PodScheduled", status: "True" };
    const isPaired = pod.spec?.initContainers !== undefined;
    const waiting = (reason: string, message?: string) => {
      const state = { waiting: { reason, ...(message && { message }) } };
      const initializing = { waiting: { reason: "PodInitializing" } };
      set({
        conditions: [scheduled, { type: "Ready", status: "False", reason: "ContainersNotReady" }],
        ...(isPaired ? { initContainerStatuses: [containerOf(state, false, "display")] } : {}),
        containerStatuses: [containerOf(isPaired ? initializing : state)],
      });
    };
    waiting("ContainerCreating");
    if (has(IMAGES.missing)) {
      waiting("ErrImagePull", `failed to pull and unpack image "${IMAGES.missing}": not found`);
      waiting("ImagePullBackOff", `Back-off pulling image "${IMAGES.missing}"`);
      return;
    }
    if (has(IMAGES.crashing)) {
      this.#crash(name, namespace, isPaired);
      return;
    }
    this.#lastHost += 1;
    const ip = `${this.#network}.${this.#lastHost}`;
    const stop = await this.#startProcess(pod, ip);
    if (!this.#isWanted(pod)) {
      stop();
      return;
    }
    this.#running.set(name, stop);
    const ports = containers.map(({ readinessProbe }) => readinessProbe?.tcpSocket?.port);
    for (const port of ports) if (port !== undefined) await untilAccepted(ip, Number(port));
    if (!this.#running.has(name)) return;
    const running = { running: {} };
    set({
      phase: "Running",
      podIP: ip,
      conditions: [scheduled, { type: "Ready", status: "True" }],
      ...(isPaired ? { initContainerStatuses: [containerOf(running, true, "display")] } : {}),
      containerStatuses: [containerOf(running, true)],
    });
  }

  /** What does not stay up: an app ends its pod, a sidecar is started again and again. */
  #crash(name: string, namespace: string, isSidecar: boolean): void {
    const state = { terminated: { exitCode: 127, reason: "Error" } };
    if (!isSidecar) {
      this.finish(name, namespace, {}, state);
      return;
    }
    const waiting = { waiting: { reason: "CrashLoopBackOff" } };
    const display = { ...containerOf(waiting, false, "display"), lastState: state };
    this.store.setStatus(namespace, name, { initContainerStatuses: [display] });
  }

  #isWanted({ metadata }: StoredPod): boolean {
    const found = this.store
      .pods(metadata.namespace)
      .find((pod) => pod.metadata.uid === metadata.uid);
    return found !== undefined && found.metadata.deletionTimestamp === undefined;
  }

  async #startProcess(pod: StoredPod, ip: string): Promise<() => void> {
    const first = pod.spec?.initContainers?.[0] ?? pod.spec?.containers[0];
    switch (first?.image) {
      case IMAGES.desktop:
      case IMAGES.display:
        return startDesktop(ip, await this.#environmentOf(pod, first));
      case IMAGES.web:
        return startWebApp(ip, Number(first.ports?.[0]?.containerPort));
      default:
        return () => undefined;
    }
  }

  /** A container's environment, once the secrets it names are there: until then it waits, as in a kubelet. */
  async #environmentOf(
    pod: StoredPod,
    { env = [] }: Manifest<V1Container>,
  ): Promise<Map<string, string>> {
    const environment = new Map<string, string>();
    for (const { name, value, valueFrom } of env) {
      const ref = valueFrom?.secretKeyRef;
      if (ref === undefined) environment.set(name, value ?? "");
      else environment.set(name, await this.#secretValue(pod, ref.name ?? "", ref.key));
    }
    return environment;
  }

  async #secretValue(pod: StoredPod, name: string, key: string): Promise<string> {
    const { namespace } = pod.metadata;
    const find = () =>
      this.store.list("secrets", namespace).find(({ metadata }) => metadata.name === name) as
        StoredSecret | undefined;
    const read = () => find()?.stringData?.[key];
    return (
      read() ??
      new Promise<string>((resolve) => {
        const unsubscribe = this.store.subscribe(() => {
          const value = read();
          if (value === undefined) return;
          unsubscribe();
          resolve(value);
        });
      })
    );
  }

  #end(pod: StoredPod): void {
    const { name, namespace } = pod.metadata;
    this.#running.get(name)?.();
    this.#running.delete(name);
    setImmediate(() => this.store.remove("pods", namespace, name));
  }
}

function containerOf(state: Manifest<V1ContainerState>, ready = false, name = "app") {
  return { name, image: "", imageID: "", ready, restartCount: 0, state };
}

/** A real VNC server on an address of its own, as the desktop image runs one. */
function startDesktop(ip: string, environment: ReadonlyMap<string, string>): () => void {
  const directory = mkdtempSync(join(tmpdir(), "pod-"));
  const passwordFile = join(directory, "password");
  writeFileSync(passwordFile, vncPasswordFile(environment.get("SORTIE_VNC_PASSWORD") ?? ""), {
    mode: 0o600,
  });
  const display = 10_000 + randomInt(40_000);
  const geometry = environment.get("SORTIE_GEOMETRY") ?? "";
  const child = spawn(
    "Xtigervnc",
    [
      ...[`:${display}`, "-geometry", geometry, "-depth", "24", "-nolisten", "tcp"],
      ...["-interface", ip, "-rfbport", "5900", "-SecurityTypes", "VncAuth"],
      ...["-PasswordFile", passwordFile, "-AlwaysShared"],
    ],
    { stdio: "ignore" },
  );
  return () => {
    endProcess(child);
    rmSync(directory, { recursive: true, force: true });
  };
}

function endProcess(child: ChildProcess): void {
  child.kill("SIGKILL");
}

/** A web app that answers with the address it was asked at, and echoes over a WebSocket. */
function startWebApp(ip: string, port: number): () => void {
  const server: Server = createServer((request, response) => {
    response.end(`web app at ${request.url ?? ""}`);
  });
  const webSockets = new WebSocketServer({ server });
  webSockets.on("connection", (webSocket) => {
    webSocket.on("message", (data: Buffer, binary) => webSocket.send(data, { binary }));
  });
  server.listen(port, ip);
  return () => {
    server.closeAllConnections();
    server.close();
  };
}

/** The readiness probe: tries again until somebody accepts. */
function untilAccepted(ip: string, port: number): Promise<void> {
  return new Promise((resolve) => {
    const attempt = () => {
      const socket = connect(port, ip);
      socket.once("connect", () => {
        socket.destroy();
        resolve();
      });
      socket.once("error", () => setTimeout(attempt, 20));
    };
    attempt();
  });
}
