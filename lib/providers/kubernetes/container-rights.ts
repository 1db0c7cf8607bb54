import type { V1Container, V1SecurityContext } from "@kubernetes/client-node";
import type { AppLimits } from "../session-provider";
import type { Manifest } from "./manifest";

/** What no container of a session has. */
export const UNPRIVILEGED: Manifest<V1SecurityContext> = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
};

/**
 * Memory is reserved in full, because a node that runs out of it kills; of the processors a tenth is
 * enough for a session at rest. Kubernetes has no limit of processes for one pod: that is the node's.
 */
export function resourcesOf({
  cpus,
  memoryBytes,
}: AppLimits): NonNullable<Manifest<V1Container>["resources"]> {
  const memory = `${Math.ceil(memoryBytes / 1_048_576)}Mi`;
  const milliCpus = Math.ceil(cpus * 1_000);
  return {
    limits: { cpu: `${milliCpus}m`, memory },
    requests: { cpu: `${Math.max(10, Math.ceil(milliCpus / 10))}m`, memory },
  };
}
