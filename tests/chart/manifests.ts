import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IConfigMap, ISecret } from "kubernetes-models/v1";
import type { Manifest } from "./render-chart";

export type Pod = NonNullable<IDeployment["spec"]>["template"];

/** All manifests of a kind, as that kind. */
export function ofKind<T = Manifest>(
  manifests: readonly Manifest[],
  kind: string,
): (T & Manifest)[] {
  return manifests.filter((manifest) => manifest.kind === kind) as (T & Manifest)[];
}

/** The Pod that a Deployment makes, `web` or `worker`. */
export function podOf(manifests: readonly Manifest[], component: "web" | "worker"): Pod {
  const deployment = ofKind<IDeployment>(manifests, "Deployment").find(({ metadata }) =>
    metadata.name.endsWith(`-${component}`),
  );
  if (deployment?.spec === undefined) throw new Error(`There is no Deployment of ${component}.`);
  return deployment.spec.template;
}

export interface Variable {
  readonly value: string;
  readonly from: "ConfigMap" | "Secret" | "somebody's Secret" | "text";
}

/** What a process of this component finds in its environment. */
export function environmentOf(
  manifests: readonly Manifest[],
  component: "web" | "worker",
): Record<string, Variable> {
  const [container] = podOf(manifests, component).spec?.containers ?? [];
  const environment: Record<string, Variable> = {};
  for (const { configMapRef } of container?.envFrom ?? []) {
    const { data } = configMapNamed(manifests, configMapRef?.name);
    for (const [name, value] of Object.entries(data ?? {})) {
      environment[name] = { value, from: "ConfigMap" };
    }
  }
  for (const { name, value, valueFrom } of container?.env ?? []) {
    const reference = valueFrom?.secretKeyRef;
    environment[name] = reference
      ? secretValue(manifests, reference.name ?? "", reference.key)
      : { value: value ?? "", from: "text" };
  }
  return environment;
}

/** A Secret that is not the chart's has what its name says: nobody looks into it here. */
function secretValue(manifests: readonly Manifest[], name: string, key: string): Variable {
  const own = ofKind<ISecret>(manifests, "Secret").find(({ metadata }) => metadata.name === name);
  if (own === undefined) return { value: `${name}/${key}`, from: "somebody's Secret" };
  const encoded = own.data?.[key];
  if (encoded === undefined) throw new Error(`The Secret ${name} has no key ${key}.`);
  return { value: Buffer.from(encoded, "base64").toString(), from: "Secret" };
}

function configMapNamed(manifests: readonly Manifest[], name: string | undefined) {
  const found = ofKind<IConfigMap>(manifests, "ConfigMap").find(
    (map) => map.metadata.name === name,
  );
  if (found === undefined) throw new Error(`There is no ConfigMap ${name ?? "without a name"}.`);
  return found;
}
