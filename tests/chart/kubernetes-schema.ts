import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";
import { Deployment } from "kubernetes-models/apps/v1/Deployment";
import { HorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import { Ingress } from "kubernetes-models/networking.k8s.io/v1/Ingress";
import { NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import { Role } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role";
import { RoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding";
import { ConfigMap } from "kubernetes-models/v1/ConfigMap";
import { PersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim";
import { Secret } from "kubernetes-models/v1/Secret";
import { Service } from "kubernetes-models/v1/Service";
import { ServiceAccount } from "kubernetes-models/v1/ServiceAccount";
import type { Manifest } from "./render-chart";

interface Model {
  readonly apiVersion: string;
  readonly kind: string;
  readonly prototype: { validate(): void };
}

const MODELS: readonly Model[] = [
  ConfigMap,
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  PrometheusRule,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  ServiceMonitor,
];

/**
 * What the schemas of Kubernetes and the Prometheus operator say against a manifest, one line each: wrong types,
 * missing fields, and fields that no schema knows, which those validators let pass by themselves.
 */
export function complaintsAbout(manifest: Manifest): string[] {
  const model = MODELS.find(
    ({ apiVersion, kind }) => manifest.apiVersion === apiVersion && manifest.kind === kind,
  );
  if (model === undefined) return [`${manifest.apiVersion} ${manifest.kind} is not known.`];
  const read = new Set<string>();
  try {
    model.prototype.validate.call(watched(manifest, "", read));
  } catch (error) {
    return [String(error)];
  }
  return pathsOf(manifest, "")
    .filter((path) => !read.has(path))
    .map((path) => `${path} is not known.`);
}

/**
 * A validator reads every field that its schema has and walks through maps and lists: what it never reads is not
 * in the schema. `get` therefore notes each path.
 */
function watched<T extends object>(value: T, above: string, read: Set<string>): T {
  return new Proxy(value, {
    get(target, key): unknown {
      const found: unknown = Reflect.get(target, key);
      const path = `${above}/${String(key)}`;
      read.add(path);
      return typeof found === "object" && found !== null ? watched(found, path, read) : found;
    },
  });
}

function pathsOf(value: unknown, above: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    const path = `${above}/${key}`;
    return [path, ...pathsOf(below, path)];
  });
}
