import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { V1Pod, V1PolicyRule, V1Secret } from "@kubernetes/client-node";
import { Pod } from "kubernetes-models/v1/Pod";
import { Secret } from "kubernetes-models/v1/Secret";
import type { Manifest } from "@/lib/providers/kubernetes/manifest";
import { ObjectStore, type Resource, StatusError, type StoredPod } from "./object-store";

export interface ApiRequest {
  readonly verb: string;
  /** With its subresource, such as `pods/exec`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly query: URLSearchParams;
}

export interface ApiServerOptions {
  readonly token: string;
  /** What the token's owner may do, as in a Role; everything else is 403. */
  readonly rules: readonly V1PolicyRule[];
  /** Takes a WebSocket upgrade that is allowed. */
  readonly onStream: (
    request: ApiRequest,
    pod: StoredPod,
    upgrade: { request: IncomingMessage; socket: Socket; head: Buffer },
  ) => void;
}

const BOOKMARK_EVERY_MS = 200;

/**
 * A Kubernetes API server on the loopback interface: pods and secrets of the core group, with the
 * resource versions, watches, Status objects and permissions of the published API. It validates what
 * is created against Kubernetes' own schemas.
 */
export class ApiServer {
  readonly store = new ObjectStore();
  /** Every request in order, as `verb resource`. */
  readonly requests: string[] = [];
  readonly #server: Server;
  readonly #watches = new Set<ServerResponse>();
  readonly #faults: { verb: string; resource: string; error: StatusError }[] = [];

  constructor(private readonly options: ApiServerOptions) {
    this.#server = createServer((request, response) => {
      void this.#serve(request, response).catch((error: unknown) => {
        if (!(error instanceof StatusError)) throw error;
        answer(response, error.code, error.body);
      });
    });
    this.#server.on("upgrade", (request, socket: Socket, head) => {
      this.#upgrade(request, socket, head);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The next request of this kind is refused. */
  refuseNext(verb: string, resource: string, error: StatusError): void {
    this.#faults.push({ verb, resource, error });
  }

  get watchCount(): number {
    return this.#watches.size;
  }

  /** Cuts every watch in the middle of a chunk, as a network does. */
  breakWatches(): void {
    for (const response of this.#watches) response.destroy();
  }

  /** Ends every watch in order, as a server does at the time limit. */
  endWatches(): void {
    for (const response of this.#watches) response.end();
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = this.#admit(incoming);
    const { verb, namespace, name, query } = request;
    const resource = request.resource as Resource;
    switch (verb) {
      case "create":
        answer(response, 201, this.#create(resource, namespace, await bodyOf(incoming)));
        return;
      case "get":
        answer(response, 200, this.store.get(resource, namespace, name));
        return;
      case "list":
        answer(response, 200, this.#list(resource, namespace, query));
        return;
      case "watch":
        this.#watch(resource, namespace, query, response);
        return;
      case "delete":
        answer(response, 200, this.#delete(namespace, name, await bodyOf(incoming)));
        return;
      default:
        throw new StatusError(405, "MethodNotAllowed", "the server does not allow this method");
    }
  }

  /** Who asks, for what, and whether they may. @throws StatusError 401, 403, 404 */
  #admit(incoming: IncomingMessage): ApiRequest {
    const url = new URL(incoming.url ?? "/", "http://api");
    const path = /^\/api\/v1\/namespaces\/([^/]+)\/(pods|secrets)(?:\/([^/]+)(?:\/([^/]+))?)?$/;
    const [, namespace = "", plain = "", name = "", sub] = path.exec(url.pathname) ?? [];
    if (namespace === "") throw new StatusError(404, "NotFound", "the server has no such resource");
    if (incoming.headers.authorization !== `Bearer ${this.options.token}`) {
      throw new StatusError(401, "Unauthorized", "Unauthorized");
    }
    const resource = sub === undefined ? plain : `${plain}/${sub}`;
    const verb = verbOf(incoming.method ?? "GET", name, url.searchParams);
    this.requests.push(`${verb} ${resource}`);
    // A stream is opened by GET; since 1.35 Kubernetes asks for `create` as well.
    const verbs = sub === undefined ? [verb] : ["get", "create"];
    for (const asked of verbs) this.#authorize(asked, resource, namespace);
    const fault = this.#faults.findIndex((one) => one.verb === verb && one.resource === resource);
    if (fault >= 0) throw this.#faults.splice(fault, 1)[0]!.error;
    return { verb, resource, namespace, name, query: url.searchParams };
  }

  #authorize(verb: string, resource: string, namespace: string): void {
    const isAllowed = this.options.rules.some(
      ({ apiGroups, resources, verbs }) =>
        apiGroups?.includes("") === true &&
        resources?.includes(resource) === true &&
        verbs.includes(verb),
    );
    if (isAllowed) return;
    const words = `${resource.split("/")[0]} is forbidden: User "system:serviceaccount:${namespace}:sortie" cannot ${verb} resource "${resource}" in API group "" in the namespace "${namespace}"`;
    throw new StatusError(403, "Forbidden", words);
  }

  #create(resource: Resource, namespace: string, body: unknown) {
    const manifest = resource === "pods" ? new Pod(body as never) : new Secret(body as never);
    try {
      manifest.validate();
    } catch (error) {
      throw new StatusError(422, "Invalid", String(error));
    }
    return this.store.create(resource, namespace, body as Manifest<V1Pod | V1Secret>);
  }

  #list(resource: Resource, namespace: string, query: URLSearchParams) {
    const items = this.store.list(resource, namespace).filter(matching(query));
    const metadata = { resourceVersion: String(this.store.version) };
    return { kind: "PodList", apiVersion: "v1", metadata, items };
  }

  #delete(namespace: string, name: string, options: unknown) {
    const pod = this.store.get("pods", namespace, name);
    const uid = (options as { preconditions?: { uid?: string } }).preconditions?.uid;
    if (uid !== undefined && uid !== pod.metadata.uid) {
      throw new StatusError(409, "Conflict", "the UID in the precondition does not match");
    }
    return this.store.markDeleting(namespace, name);
  }

  #watch(
    resource: Resource,
    namespace: string,
    query: URLSearchParams,
    response: ServerResponse,
  ): void {
    const isWanted = matching(query);
    const send = (event: object) => {
      if (!response.writableEnded) response.write(`${JSON.stringify(event)}\n`);
    };
    response.writeHead(200, { "content-type": "application/json", "transfer-encoding": "chunked" });
    response.flushHeaders();
    const take = (event: ReturnType<ObjectStore["eventsSince"]>[number]) => {
      const isHere = event.resource === resource && event.object.metadata.namespace === namespace;
      if (isHere && isWanted(event.object)) send({ type: event.type, object: event.object });
    };
    try {
      this.store.eventsSince(Number(query.get("resourceVersion") ?? 0)).forEach(take);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      response.end(`${JSON.stringify({ type: "ERROR", object: error.body })}\n`);
      return;
    }
    const unsubscribe = this.store.subscribe(take);
    const bookmark = setInterval(() => {
      if (query.get("allowWatchBookmarks") === "true") send(bookmarkOf(this.store.version));
    }, BOOKMARK_EVERY_MS);
    const limit = setTimeout(
      () => response.end(),
      Number(query.get("timeoutSeconds") ?? 1_800) * 1_000,
    );
    this.#watches.add(response);
    response.once("close", () => {
      clearInterval(bookmark);
      clearTimeout(limit);
      unsubscribe();
      this.#watches.delete(response);
    });
  }

  #upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on("error", () => socket.destroy());
    try {
      const request = this.#admit(incoming);
      const pod = this.store.get("pods", request.namespace, request.name) as StoredPod;
      this.options.onStream(request, pod, { request: incoming, socket, head });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      const body = JSON.stringify(error.body);
      socket.end(
        `HTTP/1.1 ${error.code} ${error.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      );
    }
  }
}

function verbOf(method: string, name: string, query: URLSearchParams): string {
  if (method === "POST") return "create";
  if (method === "DELETE") return "delete";
  if (name !== "") return "get";
  return query.get("watch") === "true" ? "watch" : "list";
}

function matching(query: URLSearchParams) {
  const pairs = (query.get("labelSelector") ?? "").split(",").filter((pair) => pair !== "");
  return ({ metadata }: { metadata: { labels?: Record<string, string> } }) =>
    pairs.every((pair) => {
      const [key = "", value] = pair.split("=");
      return metadata.labels?.[key] === value;
    });
}

function bookmarkOf(version: number) {
  const metadata = { resourceVersion: String(version), creationTimestamp: null };
  const object = {
    kind: "Pod",
    apiVersion: "v1",
    metadata,
    spec: { containers: null },
    status: {},
  };
  return { type: "BOOKMARK", object };
}

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === "" ? {} : JSON.parse(text);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    "content-type": "application/json",
    ...(status === 429 ? { "retry-after": "1" } : {}),
  });
  response.end(JSON.stringify(body));
}
