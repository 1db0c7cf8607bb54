import type { Logger } from "@/lib/logging/logger";
import { isRefusal } from "./api-refusal";
import type { ClusterClient, PodEvent } from "./cluster-client";
import type { Pod } from "./pod-state";

/** A pod as it is now; `isGone` when it was deleted. */
export type PodListener = (pod: Pod, isGone: boolean) => void;

export interface PodWatchOptions {
  /** Which pods; asked before each list and watch. */
  readonly labelSelector: () => Promise<string>;
  readonly log: Logger;
  /** After a failure the next try waits this long, and twice as long after each further one. */
  readonly firstDelayMs?: number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;

/**
 * Knows the pods of a label at every moment: lists them once and follows them from there. Goes on
 * from the last resource version when a watch ends or its connection breaks, and lists again when
 * the server has forgotten that version (410 Gone). Without end, until it is closed.
 */
export class PodWatch {
  readonly #pods = new Map<string, Pod>();
  readonly #listeners = new Set<PodListener>();
  readonly #closing = new AbortController();
  #isRunning = false;
  #version: string | null = null;
  #failure: Error | null = null;
  #settled = false;
  #onSettled: (() => void)[] = [];

  constructor(
    private readonly openClient: () => Promise<ClusterClient>,
    private readonly options: PodWatchOptions,
  ) {}

  /** Starts to follow; again does nothing. */
  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** Stops following, at once; nobody is told anything any more. */
  close(): void {
    this.#closing.abort();
    this.#listeners.clear();
  }

  /** Resolves when the first list has come, or could not: then `failure` says why. */
  async untilSettled(): Promise<void> {
    this.start();
    if (this.#settled) return;
    await new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  /** Why the pods are not known just now; null when they are. */
  get failure(): Error | null {
    return this.#failure;
  }

  /** The pod of this name. Only what is known: nothing while there is a `failure`. */
  find(name: string): Pod | undefined {
    return this.#failure === null ? this.#pods.get(name) : undefined;
  }

  get pods(): readonly Pod[] {
    return [...this.#pods.values()];
  }

  /** Calls `listener` at every change. Returns how to stop listening. */
  listen(listener: PodListener): () => void {
    this.start();
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Never rejects. */
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { firstDelayMs = FIRST_DELAY_MS } = this.options;
    let delayMs = firstDelayMs;
    const isClosing = () => signal.aborted;
    while (!isClosing()) {
      try {
        const client = await this.openClient();
        const selector = await this.options.labelSelector();
        this.#version ??= await this.#list(client, selector);
        this.#settle(null);
        const startedAt = Date.now();
        const take = (event: PodEvent) => this.#take(event);
        await client.watchPods(selector, this.#version, take, signal);
        // A server that ends watches at once must not be asked without pause.
        if (Date.now() - startedAt < delayMs) await pause(delayMs, signal);
        delayMs = firstDelayMs;
      } catch (error) {
        if (isClosing()) return;
        this.#fail(error);
        await pause(delayMs, signal);
        delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS);
      }
    }
  }

  /** Takes over what is there now, and tells what changed or went while nobody looked. */
  async #list(client: ClusterClient, selector: string): Promise<string> {
    const { version, pods } = await client.listPods(selector);
    const names = new Set(pods.map(({ metadata }) => metadata.name));
    for (const pod of this.pods) if (!names.has(pod.metadata.name)) this.#remove(pod);
    for (const pod of pods) this.#put(pod);
    return version;
  }

  #take(event: PodEvent): void {
    if (event.type === "BOOKMARK") {
      this.#version = event.version;
      return;
    }
    this.#version = event.pod.metadata.resourceVersion;
    if (event.type === "DELETED") this.#remove(event.pod);
    else this.#put(event.pod);
  }

  #put(pod: Pod): void {
    const { name, resourceVersion } = pod.metadata;
    const isKnown = this.#pods.get(name)?.metadata.resourceVersion === resourceVersion;
    this.#pods.set(name, pod);
    if (!isKnown) this.#tell(pod, false);
  }

  #remove(pod: Pod): void {
    this.#pods.delete(pod.metadata.name);
    this.#tell(pod, true);
  }

  #tell(pod: Pod, isGone: boolean): void {
    for (const listener of this.#listeners) listener(pod, isGone);
  }

  #fail(error: unknown): void {
    if (isRefusal(error, 410)) {
      this.#version = null;
      return;
    }
    const { log } = this.options;
    if (this.#failure === null) log.warn({ err: error }, "The cluster's pods cannot be watched.");
    this.#settle(error instanceof Error ? error : new Error(String(error)));
  }

  #settle(failure: Error | null): void {
    if (failure === null && this.#failure !== null) {
      this.options.log.info("The cluster's pods are watched again.");
    }
    this.#failure = failure;
    this.#settled = true;
    for (const resolve of this.#onSettled.splice(0)) resolve();
  }
}

function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
