import type { ContainerCreateOptions, HostConfig } from "dockerode";
import {
  APP_HOME,
  INSTALLATION_LABEL,
  KEEP_OPEN,
  portOf,
  SESSION_LABEL,
  SHELL,
} from "../app-container";
import type { SessionSpec } from "../session-provider";

/** Of a terminal app: what its terminals run, as JSON. */
export const COMMAND_LABEL = "sortie.terminal-command";

/** Who an app runs as where its image would run as root. */
const UNPRIVILEGED_USER = "1000:1000";
const NANO_CPUS = 1e9;
/** Processes and threads of an app that names no limit. */
const DEFAULT_PIDS = 512;
/** An app that talks much must not fill the disk. */
const LOG = { Type: "json-file", Config: { "max-size": "1m" } };

export interface ContainerSurroundings {
  readonly installationId: string;
  readonly image: string;
  /** As the image names it; empty for root. */
  readonly imageUser: string;
  /** Of a desktop. */
  readonly vncPassword: string;
  readonly runtime: string | undefined;
  /** Undefined: its port is published on loopback. */
  readonly network: string | undefined;
}

/** What the engine is asked for: as little as the session needs, and no way to more. */
export function containerOptions(
  spec: SessionSpec,
  surroundings: ContainerSurroundings,
): ContainerCreateOptions {
  const port = portOf(spec);
  return {
    name: `sortie-${spec.sessionId}`,
    Image: surroundings.image,
    ...mainProcess(spec),
    User: isRoot(surroundings.imageUser) ? UNPRIVILEGED_USER : surroundings.imageUser,
    Env: environmentOf(spec, surroundings),
    Labels: labelsOf(spec, surroundings),
    ...(port === null ? {} : { ExposedPorts: { [`${port}/tcp`]: {} } }),
    HostConfig: hostConfig(spec, surroundings, port),
  };
}

function mainProcess(spec: SessionSpec): ContainerCreateOptions {
  if (spec.kind === "terminal") return { Entrypoint: [...KEEP_OPEN], Cmd: [] };
  return spec.command === undefined ? {} : { Entrypoint: [...spec.command], Cmd: [] };
}

function environmentOf(spec: SessionSpec, { vncPassword }: ContainerSurroundings): string[] {
  const own =
    spec.kind === "desktop"
      ? {
          SORTIE_VNC_PASSWORD: vncPassword,
          SORTIE_GEOMETRY: `${spec.width}x${spec.height}`,
        }
      : {};
  return Object.entries({ HOME: APP_HOME, ...spec.environment, ...own }).map(
    ([name, value]) => `${name}=${value}`,
  );
}

function labelsOf(spec: SessionSpec, { installationId }: ContainerSurroundings) {
  const command = JSON.stringify(spec.command ?? SHELL);
  return {
    [SESSION_LABEL]: spec.sessionId,
    [INSTALLATION_LABEL]: installationId,
    ...(spec.kind === "terminal" ? { [COMMAND_LABEL]: command } : {}),
  };
}

function hostConfig(
  { limits, readOnlyRoot }: SessionSpec,
  { runtime, network }: ContainerSurroundings,
  port: number | null,
): HostConfig {
  const isPublished = port !== null && network === undefined;
  return {
    ReadonlyRootfs: readOnlyRoot,
    Tmpfs: { "/tmp": "rw,nosuid,nodev,mode=1777", [APP_HOME]: "rw,nosuid,nodev,mode=1777" },
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    NanoCpus: Math.round(limits.cpus * NANO_CPUS),
    Memory: limits.memoryBytes,
    // The same: no swap on top.
    MemorySwap: limits.memoryBytes,
    PidsLimit: limits.pids ?? DEFAULT_PIDS,
    RestartPolicy: { Name: "" },
    LogConfig: LOG,
    ...(runtime === undefined ? {} : { Runtime: runtime }),
    ...(network === undefined ? {} : { NetworkMode: network }),
    ...(isPublished
      ? { PortBindings: { [`${port}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: "" }] } }
      : {}),
  };
}

function isRoot(user: string): boolean {
  return /^(|0|root)(:.*)?$/.test(user);
}
