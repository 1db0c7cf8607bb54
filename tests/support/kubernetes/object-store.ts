import { randomUUID } from "node:crypto";
import type { Manifest } from "@/lib/providers/kubernetes/manifest";
import type { V1ObjectMeta, V1Pod, V1PodStatus, V1Secret, V1Status } from "@kubernetes/client-node";

/** The API's wire format: dates are texts. */
type Wire<T> = Manifest<Omit<T, "metadata">> & {
  metadata: Manifest<
    Omit<V1ObjectMeta, "creationTimestamp" | "deletionTimestamp" | "name" | "namespace">
  > & {
    name: string;
    namespace: string;
    uid: string;
    resourceVersion: string;
    creationTimestamp: string;
    deletionTimestamp?: string;
    deletionGracePeriodSeconds?: number;
  };
};
export type StoredPod = Wire<V1Pod>;
export type StoredSecret = Wire<V1Secret>;
export type StoredObject = StoredPod | StoredSecret;
export type Resource = "pods" | "secrets";

export interface StoreEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly version: number;
  readonly resource: Resource;
  readonly object: StoredObject;
}

/** An answer that is a Status object. */
export class StatusError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }

  get body(): Manifest<V1Status> {
    const { code, reason, message } = this;
    return {
      ...{ kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure" },
      ...{ message, reason, code },
    };
  }
}

/**
 * Kubernetes' objects as its API server keeps them: one resource version counts all changes, old
 * ones are forgotten at will, and what belongs to a deleted object goes with it.
 */
export class ObjectStore {
  readonly #objects = new Map<string, StoredObject>();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #history: StoreEvent[] = [];
  #version = 1_000;
  #forgotten = 0;

  get version(): number {
    return this.#version;
  }

  list(resource: Resource, namespace: string): readonly StoredObject[] {
    const prefix = `${resource}/${namespace}/`;
    return [...this.#objects].filter(([key]) => key.startsWith(prefix)).map(([, object]) => object);
  }

  pods(namespace: string): readonly StoredPod[] {
    return this.list("pods", namespace);
  }

  get(resource: Resource, namespace: string, name: string): StoredObject {
    const object = this.#objects.get(`${resource}/${namespace}/${name}`);
    if (object === undefined) {
      throw new StatusError(404, "NotFound", `${resource} "${name}" not found`);
    }
    return object;
  }

  create(resource: Resource, namespace: string, body: Manifest<V1Pod | V1Secret>): StoredObject {
    const name = body.metadata?.name ?? "";
    const key = `${resource}/${namespace}/${name}`;
    if (this.#objects.has(key)) {
      throw new StatusError(409, "AlreadyExists", `${resource} "${name}" already exists`);
    }
    const created = {
      ...structuredClone(body),
      metadata: {
        ...body.metadata,
        ...{ name, namespace, uid: randomUUID() },
        ...{ resourceVersion: "", creationTimestamp: now() },
      },
    } as unknown as StoredObject;
    if (resource === "pods") (created as StoredPod).status = { phase: "Pending" };
    return this.#commit("ADDED", resource, created);
  }

  /** Changes a pod's status, as a kubelet does. A pod that is gone stays gone. */
  setStatus(namespace: string, name: string, status: Manifest<V1PodStatus>): void {
    const pod = this.#objects.get(`pods/${namespace}/${name}`) as StoredPod | undefined;
    if (pod === undefined) return;
    this.#commit("MODIFIED", "pods", { ...pod, status: { ...pod.status, ...status } });
  }

  /** Marks a pod as being deleted: it stays until its kubelet has ended it. */
  markDeleting(namespace: string, name: string): StoredPod {
    const pod = this.get("pods", namespace, name) as StoredPod;
    if (pod.metadata.deletionTimestamp !== undefined) return pod;
    const metadata = {
      ...pod.metadata,
      deletionTimestamp: now(),
      deletionGracePeriodSeconds: pod.spec?.terminationGracePeriodSeconds ?? 30,
    };
    return this.#commit("MODIFIED", "pods", { ...pod, metadata });
  }

  /** Removes an object for good, and then what it owned. */
  remove(resource: Resource, namespace: string, name: string): void {
    const object = this.#objects.get(`${resource}/${namespace}/${name}`);
    if (object === undefined) return;
    this.#commit("DELETED", resource, object);
    for (const secret of this.list("secrets", namespace)) {
      const isOwned = secret.metadata.ownerReferences?.some(
        ({ uid }) => uid === object.metadata.uid,
      );
      if (isOwned === true) this.remove("secrets", namespace, secret.metadata.name);
    }
  }

  /** What happened after a version. @throws StatusError 410 when that is forgotten */
  eventsSince(version: number): readonly StoreEvent[] {
    if (version < this.#forgotten) {
      const words = `too old resource version: ${version} (${this.#forgotten})`;
      throw new StatusError(410, "Expired", words);
    }
    return this.#history.filter((event) => event.version > version);
  }

  /** Forgets everything that happened so far, as a compaction does. */
  compact(): void {
    this.#history = [];
    // The compaction itself is a change, so what was current a moment ago is too old.
    this.#version += 1;
    this.#forgotten = this.#version;
  }

  subscribe(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #commit(type: StoreEvent["type"], resource: Resource, changed: StoredObject): StoredObject {
    this.#version += 1;
    const metadata = { ...changed.metadata, resourceVersion: String(this.#version) };
    const object = { ...changed, metadata };
    const key = `${resource}/${metadata.namespace}/${metadata.name}`;
    if (type === "DELETED") this.#objects.delete(key);
    else this.#objects.set(key, object);
    const event: StoreEvent = { type, version: this.#version, resource, object };
    this.#history.push(event);
    for (const listener of [...this.#listeners]) listener(event);
    return object;
  }
}

const now = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");
