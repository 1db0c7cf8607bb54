import { chown, chmod, mkdtemp, mkdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { V1Container, V1Pod, V1Secret } from "@kubernetes/client-node";
import { vi } from "vitest";
import { beginsWith, RFB_GREETING } from "@/lib/providers/first-words";
import type { Manifest } from "@/lib/providers/kubernetes/manifest";
import type { ContainerEngine } from "../container-engine";

type Podman = ContainerEngine["command"];

/** A pod of one sidecar and one app, as two containers that share what those of a pod share. */
export interface PodOnPodman {
  /** The containers' ids. */
  readonly display: string;
  readonly app: string;
  /** Where the sidecar's port is on this machine. */
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * Does with a session's pod what a kubelet does, with real containers: makes its volumes, starts the sidecar, waits for
 * its port, starts the app beside it. What it reads of the manifest is all that the containers get.
 */
export async function runPod(
  podman: Podman,
  { spec }: Manifest<V1Pod>,
  secret: Manifest<V1Secret>,
): Promise<PodOnPodman> {
  const volumes = await mkdtemp(join(tmpdir(), "pod-"));
  const { runAsUser = 0, fsGroup = 0 } = spec?.securityContext ?? {};
  for (const { name } of spec?.volumes ?? []) {
    // The mode and group of an `emptyDir` with an fsGroup.
    await mkdir(join(volumes, name));
    await chown(join(volumes, name), 0, fsGroup);
    await chmod(join(volumes, name), 0o2777);
  }
  const start = async (container: Manifest<V1Container>, network: readonly string[]) =>
    podman(
      ...["run", "--detach", `--user=${runAsUser}:${fsGroup}`, "--read-only-tmpfs=false"],
      ...[...network, ...flagsOf(container, volumes, secret), container.image ?? ""],
      ...[...(container.command ?? []).slice(1), ...(container.args ?? [])],
    );
  const sidecar = spec!.initContainers![0]!;
  const rfb = sidecar.ports![0]!.containerPort;
  const display = await start(sidecar, [`--publish=127.0.0.1::${rfb}`, "--ipc=shareable"]);
  const published = await podman("port", display, String(rfb));
  const port = Number(published.slice(published.lastIndexOf(":") + 1));
  await untilGreeted(port);
  // The containers of a pod share their network and shared memory, and no files but those of volumes.
  const shared = [`--network=container:${display}`, `--ipc=container:${display}`];
  const app = await start(spec!.containers[0]!, shared);
  const close = async () => {
    // The one that uses the other's network first.
    for (const id of [app, display]) await podman("rm", "--force", "--time=0", id);
    await rm(volumes, { recursive: true });
  };
  return { display, app, port, close };
}

function flagsOf(
  { command, env = [], resources, securityContext, volumeMounts = [] }: Manifest<V1Container>,
  volumes: string,
  secret: Manifest<V1Secret>,
): readonly string[] {
  const valueOf = ({ value, valueFrom }: (typeof env)[number]) =>
    value ?? secret.stringData?.[valueFrom?.secretKeyRef?.key ?? ""] ?? "";
  return [
    `--cap-drop=${securityContext?.capabilities?.drop?.join(",") ?? ""}`,
    `--security-opt=no-new-privileges=${securityContext?.allowPrivilegeEscalation === false}`,
    `--read-only=${securityContext?.readOnlyRootFilesystem}`,
    `--memory=${resources?.limits?.["memory"]?.toLowerCase().replace(/i$/, "")}`,
    ...env.map((variable) => `--env=${variable.name}=${valueOf(variable)}`),
    ...volumeMounts.map(({ name, mountPath }) => `--volume=${join(volumes, name)}:${mountPath}`),
    ...(command === undefined ? [] : [`--entrypoint=${command[0]}`]),
  ];
}

/** The startup probe; a published port takes connections before there is anybody behind it. */
async function untilGreeted(port: number): Promise<void> {
  const isThere = () =>
    beginsWith(connect(port, "127.0.0.1"), RFB_GREETING, AbortSignal.timeout(1_000));
  await vi.waitUntil(isThere, { timeout: 30_000, interval: 100 });
}
