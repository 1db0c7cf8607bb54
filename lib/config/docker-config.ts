import { z } from "zod";
import { absolutePath, type Environment, EnvironmentReader, variable } from "./environment";

/** Sessions as containers of a Docker or Podman engine. */
export interface DockerConfig {
  readonly provider: "docker";
  /** Undefined: Docker's own place, then Podman's. */
  readonly socketPath: string | undefined;
  /** An OCI runtime that the engine knows, such as `runsc`; undefined: the engine's default. */
  readonly runtime: string | undefined;
  /** Where containers are reached by their address; undefined: by ports published on loopback. */
  readonly network: string | undefined;
}

const engineName = z.string().regex(/^[a-z0-9][\w.-]*$/i);

export const DOCKER_VARIABLES = {
  SORTIE_DOCKER_SOCKET: variable(absolutePath, "the absolute path of a Docker or Podman socket"),
  SORTIE_DOCKER_RUNTIME: variable(engineName, "the name of an OCI runtime, such as runsc"),
  SORTIE_DOCKER_NETWORK: variable(engineName, "the name of a network of the container engine"),
} as const;

/** @throws ConfigError */
export function readDocker(environment: Environment): DockerConfig {
  const read = new EnvironmentReader(environment, DOCKER_VARIABLES);
  return {
    provider: "docker",
    socketPath: read.optional("SORTIE_DOCKER_SOCKET"),
    runtime: read.optional("SORTIE_DOCKER_RUNTIME"),
    network: read.optional("SORTIE_DOCKER_NETWORK"),
  };
}
