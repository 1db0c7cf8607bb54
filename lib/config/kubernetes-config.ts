import { z } from "zod";
import { type Environment, EnvironmentReader, variable } from "./environment";
import { imageName } from "./image-name";

/** Where pods of sessions go and how they are reached. */
export interface KubernetesConfig {
  readonly provider: "kubernetes";
  /** Undefined: the namespace of the cluster's context, which in a pod is the pod's own. */
  readonly namespace: string | undefined;
  readonly connect: "pod-ip" | "port-forward";
  /** Of session pods, which get no token of it; undefined: the namespace's default. */
  readonly serviceAccount: string | undefined;
  readonly imagePullSecrets: readonly string[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Such as `gvisor`; undefined: the cluster's default. */
  readonly runtimeClass: string | undefined;
  /** Of the displays of desktop apps that name an image and no display; undefined: those bring their own VNC server. */
  readonly displayImage: string | undefined;
}

/** Names of objects (RFC 1123 subdomains), and of namespaces (labels), as Kubernetes takes them. */
const OBJECT = "[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?";
const NAMESPACE = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
const LABEL_VALUE = "([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?";
const LABEL_KEY = `(${OBJECT}/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?`;

const matching = (pattern: string) => z.string().regex(new RegExp(`^${pattern}$`));
const listOf = (pattern: string) =>
  matching(`${pattern}(,${pattern})*`).transform((text) => text.split(","));

export const KUBERNETES_VARIABLES = {
  SORTIE_KUBERNETES_NAMESPACE: variable(matching(NAMESPACE), "the name of a namespace"),
  SORTIE_KUBERNETES_CONNECT: variable(z.enum(["pod-ip", "port-forward"]), "pod-ip or port-forward"),
  SORTIE_KUBERNETES_SERVICE_ACCOUNT: variable(matching(OBJECT), "the name of a service account"),
  SORTIE_KUBERNETES_IMAGE_PULL_SECRETS: variable(
    listOf(OBJECT),
    "names of secrets, separated by commas",
  ),
  SORTIE_KUBERNETES_NODE_SELECTOR: variable(
    listOf(`${LABEL_KEY}=${LABEL_VALUE}`).transform((pairs) =>
      Object.fromEntries(pairs.map((pair): [string, string] => splitOnce(pair))),
    ),
    "labels of nodes, such as pool=sessions,disk=ssd",
  ),
  SORTIE_KUBERNETES_RUNTIME_CLASS: variable(matching(OBJECT), "the name of a runtime class"),
  SORTIE_KUBERNETES_DISPLAY_IMAGE: variable(imageName, "the name of a container image"),
} as const;

function splitOnce(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}

/** @throws ConfigError */
export function readKubernetes(environment: Environment): KubernetesConfig {
  const read = new EnvironmentReader(environment, KUBERNETES_VARIABLES);
  return {
    provider: "kubernetes",
    namespace: read.optional("SORTIE_KUBERNETES_NAMESPACE"),
    connect: read.withDefault("SORTIE_KUBERNETES_CONNECT", "pod-ip"),
    serviceAccount: read.optional("SORTIE_KUBERNETES_SERVICE_ACCOUNT"),
    imagePullSecrets: read.withDefault("SORTIE_KUBERNETES_IMAGE_PULL_SECRETS", []),
    nodeSelector: read.withDefault("SORTIE_KUBERNETES_NODE_SELECTOR", {}),
    runtimeClass: read.optional("SORTIE_KUBERNETES_RUNTIME_CLASS"),
    displayImage: read.optional("SORTIE_KUBERNETES_DISPLAY_IMAGE"),
  };
}
