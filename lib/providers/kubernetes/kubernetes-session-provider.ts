import type { Duplex } from "node:stream";
import type { KubernetesConfig } from "@/lib/config/kubernetes-config";
import type { SessionConfig } from "@/lib/config/session-config";
import { AppError } from "@/lib/errors/app-error";
import { answers, portOf, SESSION_LABEL, SHELL } from "../app-container";
import type { ProviderSurroundings } from "../create-session-provider";
import type {
  AppSpec,
  Availability,
  ExitListener,
  HeldSession,
  ProviderRef,
  SessionProvider,
  SessionSpec,
  StartedSession,
  TerminalSize,
  TerminalStream,
} from "../session-provider";
import { newVncPassword } from "../vnc-password";
import { ClusterClient } from "./cluster-client";
import { APP_CONTAINER } from "./container-names";
import { execTerminal } from "./exec";
import { clusterAway, notRunning, unreachable, whyNotStarted } from "./failures";
import { DELETED, type Pod, stateOf } from "./pod-state";
import { PodWatch } from "./pod-watch";
import { type PodAddress, reachPod } from "./reach-pod";
import { passwordSecret, podNameOf, sessionPod, sessionSelector } from "./session-pod";
import { readRef, refOf, type SessionRef } from "./session-ref";
import { untilReady } from "./until-ready";

/** Images are pulled and nodes are added meanwhile. */
const START_TIMEOUT_MS = 300_000;
/** How long an app that takes connections may be silent. */
const ANSWER_TIMEOUT_MS = 30_000;

type KubernetesSessionConfig = KubernetesConfig & Pick<SessionConfig, "maxDurationMs">;

/** Runs each session as a pod of its own, in the cluster that kubectl would find. */
export function createKubernetesSessionProvider(
  config: KubernetesSessionConfig,
  surroundings: ProviderSurroundings,
): SessionProvider {
  return new KubernetesSessionProvider(config, surroundings);
}

class KubernetesSessionProvider implements SessionProvider {
  readonly name = "kubernetes";
  readonly isTiedToProcess = false;
  readonly startTimeoutMs = START_TIMEOUT_MS;
  readonly #watch: PodWatch;
  readonly #listeners = new Set<ExitListener>();
  /** The uids of pods that were seen at work and not to end yet. */
  readonly #atWork = new Set<string>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  #client: Promise<ClusterClient> | undefined;
  #isNoting = false;

  constructor(
    private readonly config: KubernetesSessionConfig,
    private readonly surroundings: ProviderSurroundings,
  ) {
    this.#watch = new PodWatch(() => this.#open(), {
      labelSelector: () => this.#selector(),
      log: surroundings.log,
    });
  }

  async availability({ image }: AppSpec): Promise<Availability> {
    if (image === undefined) {
      return { available: false, reason: "This app names no container image to run." };
    }
    await this.#watch.untilSettled();
    const { failure } = this.#watch;
    return failure === null
      ? { available: true }
      : { available: false, reason: clusterAway(failure).message };
  }

  start(spec: SessionSpec): Promise<StartedSession> {
    const starting = this.#start(spec).finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
    return starting;
  }

  async #start(spec: SessionSpec): Promise<StartedSession> {
    const name = podNameOf(spec.sessionId);
    try {
      // What happens to the pod from its first moment on is seen.
      await this.#watch.untilSettled();
      const password = spec.kind === "desktop" ? newVncPassword() : undefined;
      await this.#create(spec, password);
      const pod = await untilReady(this.#watch, name, {
        timeoutMs: this.startTimeoutMs,
        signal: this.#closing.signal,
      });
      const ref = refOf(spec, pod, password);
      if (portOf(spec) !== null) await this.#tryConnection(spec, ref);
      return { ref };
    } catch (error) {
      await this.#discard(name);
      throw this.#cannotStart(spec, error);
    }
  }

  connectDesktop(ref: ProviderRef): Promise<Duplex> {
    return this.#connect(ref);
  }

  connectWeb(ref: ProviderRef): Promise<Duplex> {
    return this.#connect(ref);
  }

  desktopPassword(ref: ProviderRef): string {
    const { password } = readRef(ref);
    if (password === undefined) throw notRunning();
    return password;
  }

  async openTerminal(ref: ProviderRef, size: TerminalSize): Promise<TerminalStream> {
    const parsed = readRef(ref);
    const { name } = await this.#addressOf(parsed);
    const command = parsed.command ?? SHELL;
    try {
      const target = { pod: name, container: APP_CONTAINER, command };
      return await execTerminal(await this.#open(), target, size);
    } catch (error) {
      throw clusterAway(error);
    }
  }

  async isAlive(ref: ProviderRef): Promise<boolean> {
    const pod = await this.#find(readRef(ref));
    return pod !== null && stateOf(pod).kind !== "over";
  }

  async stop(ref: ProviderRef): Promise<void> {
    const { pod, uid } = readRef(ref);
    this.#atWork.delete(uid);
    const client = await this.#open();
    await client.deletePod(pod, uid);
  }

  /** Listed anew: a session that another process has just started may not have come to the watch yet. */
  async heldSessions(): Promise<readonly HeldSession[]> {
    const client = await this.#open();
    const { pods } = await client.listPods(await this.#selector());
    return pods.flatMap((pod): readonly HeldSession[] => {
      const { name, uid, labels } = pod.metadata;
      const sessionId = labels[SESSION_LABEL];
      if (sessionId === undefined) return [];
      const session = { sessionId, ref: { pod: name, uid } };
      const state = stateOf(pod);
      if (state.kind !== "over") return [{ ...session, isAlive: true }];
      return [{ ...session, isAlive: false, why: state.reason.sentence }];
    });
  }

  clearLeftovers(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  onExit(listener: ExitListener): () => void {
    this.#listeners.add(listener);
    if (!this.#isNoting) this.#watch.listen((pod, isGone) => this.#note(pod, isGone));
    this.#isNoting = true;
    return () => this.#listeners.delete(listener);
  }

  /** Sessions stay: their pods are of the cluster, and any process reaches them. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#starting);
    this.#watch.close();
  }

  #open(): Promise<ClusterClient> {
    return (this.#client ??= ClusterClient.open(this.config.namespace).catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    }));
  }

  async #selector(): Promise<string> {
    return sessionSelector(await this.surroundings.installationId());
  }

  async #create(spec: SessionSpec, password: string | undefined): Promise<void> {
    const client = await this.#open();
    const installationId = await this.surroundings.installationId();
    const settings = { ...this.config, installationId };
    const { metadata } = await client.createPod(sessionPod(spec, settings));
    if (password === undefined) return;
    // After the pod, to belong to it. Its container waits for the secret, should it be faster.
    await client.createSecret(passwordSecret(spec.sessionId, metadata.uid, password));
  }

  /** Removes what a start left that failed, even one whose answer was lost. */
  async #discard(name: string): Promise<void> {
    try {
      const client = await this.#open();
      const pod = await client.findPod(name);
      if (pod !== null) await client.deletePod(name, pod.metadata.uid);
    } catch (error) {
      const { log } = this.surroundings;
      log.warn({ err: error, pod: name }, "A pod that did not start could not be removed.");
    }
  }

  /** That a pod is ready on its node does not say that it can be reached from here. */
  async #tryConnection({ kind }: SessionSpec, ref: ProviderRef): Promise<void> {
    const stream = await this.#connect(ref);
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    if (!(await answers(kind, stream, signal))) {
      throw unreachable(new Error("The pod takes connections, but its app does not answer."));
    }
  }

  async #connect(ref: ProviderRef): Promise<Duplex> {
    const parsed = readRef(ref);
    const address = await this.#addressOf(parsed);
    try {
      return await reachPod(await this.#open(), address, this.config.connect);
    } catch (error) {
      throw unreachable(error);
    }
  }

  /**
   * Where a session's pod is now. Looked up each time: the address of a pod that is gone may be
   * another one's. @throws AppError `session_not_running`
   */
  async #addressOf(ref: SessionRef): Promise<PodAddress> {
    const pod = await this.#find(ref);
    const state = pod === null ? null : stateOf(pod);
    if (state?.kind !== "ready") throw notRunning();
    return { name: ref.pod, ip: state.ip, port: ref.port ?? 0 };
  }

  async #find({ pod: name, uid }: SessionRef): Promise<Pod | null> {
    try {
      const pod = this.#watch.find(name) ?? (await (await this.#open()).findPod(name));
      return pod?.metadata.uid === uid ? pod : null;
    } catch (error) {
      throw clusterAway(error);
    }
  }

  /** Tells of pods that were at work and end, unless this process ended them. */
  #note(pod: Pod, isGone: boolean): void {
    const { uid, labels } = pod.metadata;
    const state = stateOf(pod);
    if (!isGone && state.kind === "ready") this.#atWork.add(uid);
    if (!isGone && state.kind !== "over") return;
    if (!this.#atWork.delete(uid)) return;
    const { sentence, words } = state.kind === "over" ? state.reason : DELETED;
    const sessionId = labels[SESSION_LABEL];
    if (sessionId === undefined) return;
    this.surroundings.log.warn({ sessionId, reason: sentence, words }, "A session's pod ended.");
    for (const listener of this.#listeners) listener(sessionId, sentence);
  }

  #cannotStart({ sessionId }: SessionSpec, error: unknown): AppError {
    this.surroundings.log.error({ err: error, sessionId }, "A session's pod did not start.");
    const why = whyNotStarted(error);
    return new AppError(
      "app_unavailable",
      `The app did not start. ${why} Try again later, or ask an administrator.`,
      { cause: error, why },
    );
  }
}
