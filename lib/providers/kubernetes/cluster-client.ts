import type * as Kubernetes from "@kubernetes/client-node";
import type {
  CoreV1Api,
  KubeConfig,
  Middleware,
  V1DeleteOptions,
  V1Pod,
  V1Secret,
} from "@kubernetes/client-node";
import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import { setTimeout as pause } from "node:timers/promises";
import { WebSocket } from "ws";
import { z } from "zod";
import { ApiRefusal, isRefusal } from "./api-refusal";
import type { Manifest } from "./manifest";
import { type Pod, podSchema } from "./pod-state";

/** No answer of the API server takes longer, but for watches and streams. */
const REQUEST_TIMEOUT_MS = 15_000;
/** How often a server that is too busy is asked, and how long is waited at most in between. */
const MAX_ATTEMPTS = 4;
const LONGEST_PAUSE_MS = 5_000;
/** How long one watch lasts before it is opened anew: a connection that is silently dead lasts no longer. */
const WATCH_SECONDS = 60;
const WATCH_GRACE_MS = 10_000;
/** The largest message a stream may bring; API servers send 32 KiB and less. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

const listSchema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(podSchema),
});
const eventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.enum(["ADDED", "MODIFIED", "DELETED"]), object: podSchema }),
  z.object({
    type: z.literal("BOOKMARK"),
    object: z.object({ metadata: z.object({ resourceVersion: z.string() }) }),
  }),
  z.object({ type: z.literal("ERROR"), object: z.object({ code: z.number() }).loose() }),
]);

export type PodEvent =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly pod: Pod }
  | { readonly type: "BOOKMARK"; readonly version: string };

export interface PodList {
  readonly version: string;
  readonly pods: readonly Pod[];
}

/** The few calls of the Kubernetes API that sessions need, in one namespace. All throw `ApiRefusal` on a refusal. */
export class ClusterClient {
  readonly #api: CoreV1Api;

  private constructor(
    private readonly library: typeof Kubernetes,
    private readonly kubeConfig: KubeConfig,
    readonly namespace: string,
  ) {
    const configuration = library.createConfiguration({
      baseServer: new library.ServerConfiguration(kubeConfig.getCurrentCluster()?.server ?? "", {}),
      authMethods: { default: kubeConfig },
      promiseMiddleware: [TIME_LIMIT],
    });
    this.#api = new library.CoreV1Api(configuration);
  }

  /**
   * Finds the cluster as kubectl does: `KUBECONFIG`, `~/.kube/config`, the pod's own service account.
   * The library is large, so it is loaded here, by those who have a cluster.
   */
  static async open(namespace: string | undefined): Promise<ClusterClient> {
    const library = await import("@kubernetes/client-node");
    const kubeConfig = new library.KubeConfig();
    kubeConfig.loadFromDefault();
    const current = kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace;
    return new ClusterClient(library, kubeConfig, namespace ?? current ?? "default");
  }

  createPod(manifest: Manifest<V1Pod>): Promise<Pod> {
    return this.#ask(async () => {
      const { namespace } = this;
      return podSchema.parse(await this.#api.createNamespacedPod({ namespace, body: manifest }));
    });
  }

  async createSecret(manifest: Manifest<V1Secret>): Promise<void> {
    const { namespace } = this;
    await this.#ask(() => this.#api.createNamespacedSecret({ namespace, body: manifest }));
  }

  /** Null where there is none of that name. */
  async findPod(name: string): Promise<Pod | null> {
    const { namespace } = this;
    return this.#ask(async () =>
      podSchema.parse(await this.#api.readNamespacedPod({ namespace, name })),
    ).catch(nullWhereMissing);
  }

  listPods(labelSelector: string): Promise<PodList> {
    const { namespace } = this;
    return this.#ask(async () => {
      const answer = await this.#api.listNamespacedPod({ namespace, labelSelector });
      const { metadata, items } = listSchema.parse(answer);
      return { version: metadata.resourceVersion, pods: items };
    });
  }

  /** Harmless where it is gone. `uid` protects a later pod of the same name. */
  async deletePod(name: string, uid: string): Promise<void> {
    const { namespace } = this;
    const options: Manifest<V1DeleteOptions> = {
      preconditions: { uid },
      propagationPolicy: "Background",
    };
    const body = options;
    await this.#ask(async () => {
      await this.#api.deleteNamespacedPod({ namespace, name, body });
    }).catch((error: unknown) => {
      // 409: the pod of that name is another one.
      if (!isRefusal(error, 404) && !isRefusal(error, 409)) throw error;
    });
  }

  /**
   * Follows the pods from a resource version on. Resolves when the server ends the watch, as it does
   * each minute; rejects when the connection breaks or the version is too old (`ApiRefusal` 410).
   */
  async watchPods(
    labelSelector: string,
    resourceVersion: string,
    onEvent: (event: PodEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const query = {
      ...{ labelSelector, resourceVersion },
      ...{ allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS },
    };
    const path = `/api/v1/namespaces/${this.namespace}/pods`;
    const watch = new this.library.Watch(this.kubeConfig);
    const { ended, take, done } = watchOutcome(onEvent);
    const controller = await watch.watch(path, query, (_type, _object, event) => take(event), done);
    const abort = () => controller.abort();
    const late = setTimeout(abort, WATCH_SECONDS * 1_000 + WATCH_GRACE_MS);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    try {
      await ended;
    } finally {
      clearTimeout(late);
      signal.removeEventListener("abort", abort);
      // What was not understood does not end the connection by itself.
      abort();
    }
  }

  /**
   * Opens one of a pod's streams (`exec`, `portforward`) with exactly this WebSocket subprotocol.
   * @throws ApiRefusal with HTTP's status, where the server refuses
   */
  async openStream(podPath: string, query: URLSearchParams, protocol: string): Promise<WebSocket> {
    const server = this.kubeConfig.getCurrentCluster()?.server ?? "";
    const path = `/api/v1/namespaces/${this.namespace}/pods/${podPath}?${query.toString()}`;
    const options: RequestOptions = {};
    await this.kubeConfig.applyToHTTPSOptions(options);
    const webSocket = new WebSocket(`${server.replace(/^http/, "ws")}${path}`, [protocol], {
      ...options,
      perMessageDeflate: false,
      handshakeTimeout: REQUEST_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    return new Promise((resolve, reject) => {
      webSocket.once("open", () => {
        // What comes before somebody listens must not be lost.
        webSocket.pause();
        webSocket.off("error", reject);
        resolve(webSocket);
      });
      webSocket.once("error", reject);
      webSocket.once("unexpected-response", (_request, response) => {
        void refusalOfUpgrade(response).then(reject);
      });
    });
  }

  /** Asks, and again when the server is too busy (429), which it says before it does anything. */
  async #ask<T>(call: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        if (!(error instanceof this.library.ApiException)) throw error;
        if (error.code !== 429 || attempt === MAX_ATTEMPTS) {
          throw ApiRefusal.of(error.code, error.body);
        }
        await pause(Math.min(retryAfterMs(error.headers), LONGEST_PAUSE_MS));
      }
    }
  }
}

function retryAfterMs(headers: Readonly<Record<string, string>>): number {
  const seconds = Number(headers["retry-after"]);
  return seconds > 0 ? seconds * 1_000 : 1_000;
}

/** No call may wait for ever: the library sets no limit of its own. */
const TIME_LIMIT: Middleware = {
  pre: (request) => {
    request.setSignal(AbortSignal.timeout(REQUEST_TIMEOUT_MS));
    return Promise.resolve(request);
  },
  post: (response) => Promise.resolve(response),
};

function nullWhereMissing(error: unknown): null {
  if (isRefusal(error, 404)) return null;
  throw error;
}

/** Turns the library's callbacks into one promise; an event that says ERROR rejects it. */
function watchOutcome(onEvent: (event: PodEvent) => void) {
  let settle: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  const ended = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return {
    ended,
    take: (event: unknown) => {
      try {
        onEvent(podEventOf(event));
      } catch (error) {
        settle?.reject(error);
      }
    },
    done: (error: unknown) => {
      if (error === null || error === undefined) settle?.resolve();
      else settle?.reject(refusalOfWatch(error));
    },
  };
}

/** @throws ApiRefusal for an ERROR event, which carries a Status; ZodError for what is no pod */
function podEventOf(event: unknown): PodEvent {
  const parsed = eventSchema.parse(event);
  switch (parsed.type) {
    case "ERROR":
      throw ApiRefusal.of(parsed.object.code, parsed.object);
    case "BOOKMARK":
      return { type: "BOOKMARK", version: parsed.object.metadata.resourceVersion };
    default:
      return { type: parsed.type, pod: parsed.object };
  }
}

function refusalOfWatch(error: unknown): Error {
  const refused = z.object({ statusCode: z.number(), message: z.string() }).safeParse(error);
  if (refused.success) return new ApiRefusal(refused.data.statusCode, refused.data.message);
  return error instanceof Error ? error : new Error("The watch broke.", { cause: error });
}

async function refusalOfUpgrade(response: IncomingMessage): Promise<ApiRefusal> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(Buffer.from(chunk as Uint8Array));
  } catch {
    // The status alone says enough.
  }
  return ApiRefusal.of(response.statusCode ?? 0, Buffer.concat(chunks).toString());
}
