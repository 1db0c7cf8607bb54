import { z } from "zod";
import { clusterName, DEFAULT_CLUSTER } from "@/lib/auth/cluster-name";
import {
  absolutePath,
  type Environment,
  EnvironmentReader,
  integer,
  variable,
} from "./environment";
import { DOCKER_VARIABLES, type DockerConfig, readDocker } from "./docker-config";
import { imageName } from "./image-name";
import { KUBERNETES_VARIABLES, type KubernetesConfig, readKubernetes } from "./kubernetes-config";

/** What runs container sessions; a provider's settings exist only together with the provider. */
export type ProviderConfig = { readonly provider: "local" } | DockerConfig | KubernetesConfig;

export type SessionConfig = ProviderConfig & {
  /** The cluster that sessions of this installation run in; operations see what lies in the clusters assigned to them. */
  readonly cluster: string;
  readonly idleTimeoutMs: number;
  readonly maxDurationMs: number;
  /** The operator's catalogue of apps; undefined: the one that comes with the product. */
  readonly appsFile: string | undefined;
  /** Of desktop apps that name none, where sessions are containers. */
  readonly desktopImage: string;
};

const MINUTE_MS = 60_000;
const DEFAULT_DESKTOP_IMAGE = "sortie-desktop:latest";

export const SESSION_VARIABLES = {
  SORTIE_SESSION_PROVIDER: variable(
    z.enum(["local", "docker", "kubernetes"]),
    "local, docker or kubernetes",
  ),
  SORTIE_CLUSTER: variable(
    clusterName,
    "a cluster's name (1 to 63 letters, digits, dots, hyphens and underscores, a letter or digit first)",
  ),
  SORTIE_SESSION_IDLE_MINUTES: variable(
    integer(1, 525_600),
    "a whole number of minutes from 1 to 525600",
  ),
  SORTIE_SESSION_MAX_MINUTES: variable(
    integer(1, 525_600),
    "a whole number of minutes from 1 to 525600",
  ),
  SORTIE_APPS_FILE: variable(absolutePath, "the absolute path of a JSON file"),
  SORTIE_DESKTOP_IMAGE: variable(imageName, "the name of a container image"),
  ...DOCKER_VARIABLES,
  ...KUBERNETES_VARIABLES,
} as const;

type Reader = EnvironmentReader<typeof SESSION_VARIABLES>;

function readProvider(read: Reader, environment: Environment): ProviderConfig {
  const provider = read.withDefault("SORTIE_SESSION_PROVIDER", "local");
  switch (provider) {
    case "local":
      return { provider };
    case "docker":
      return readDocker(environment);
    case "kubernetes":
      return readKubernetes(environment);
  }
}

/** @throws ConfigError */
export function readSession(environment: Environment): SessionConfig {
  const read = new EnvironmentReader(environment, SESSION_VARIABLES);
  return {
    ...readProvider(read, environment),
    cluster: read.withDefault("SORTIE_CLUSTER", DEFAULT_CLUSTER),
    idleTimeoutMs: read.withDefault("SORTIE_SESSION_IDLE_MINUTES", 60) * MINUTE_MS,
    maxDurationMs: read.withDefault("SORTIE_SESSION_MAX_MINUTES", 720) * MINUTE_MS,
    appsFile: read.optional("SORTIE_APPS_FILE"),
    desktopImage: read.withDefault("SORTIE_DESKTOP_IMAGE", DEFAULT_DESKTOP_IMAGE),
  };
}
