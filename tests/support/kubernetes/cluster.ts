import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiServer } from "./api-server";
import { documentedRole } from "./documented-role";
import { Kubelet } from "./kubelet";
import { PodStreams } from "./streams";

export const NAMESPACE = "sessions";

/** A cluster of one node on the loopback interface, as `KUBECONFIG` leads to it. */
export interface TestCluster {
  readonly api: ApiServer;
  readonly kubelet: Kubelet;
  readonly streams: PodStreams;
  /** The path of a kubeconfig file for whoever has the permissions of `docs/kubernetes.md`. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export async function startCluster(): Promise<TestCluster> {
  const token = randomBytes(16).toString("hex");
  const streams = new PodStreams();
  const rules = documentedRole().rules ?? [];
  const api = new ApiServer({ token, rules, onStream: streams.onStream });
  const kubelet = new Kubelet(api.store);
  const server = await api.listen();
  const directory = mkdtempSync(join(tmpdir(), "cluster-"));
  const kubeconfig = join(directory, "config");
  // YAML reads JSON.
  writeFileSync(kubeconfig, JSON.stringify(kubeconfigOf(server, token)), { mode: 0o600 });
  return {
    ...{ api, kubelet, streams, kubeconfig },
    close: async () => {
      kubelet.close();
      streams.breakAll();
      await api.close();
      rmSync(directory, { recursive: true });
    },
  };
}

function kubeconfigOf(server: string, token: string) {
  return {
    apiVersion: "v1",
    kind: "Config",
    // The client library takes plain http only from who says so.
    clusters: [{ name: "test", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "sortie", user: { token } }],
    contexts: [
      { name: "test", context: { cluster: "test", user: "sortie", namespace: NAMESPACE } },
    ],
    "current-context": "test",
  };
}
