import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadAllYaml, type V1Role } from "@kubernetes/client-node";
import type { Manifest } from "@/lib/providers/kubernetes/manifest";
import { ApiServer } from "./api-server";
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

/** The Role that operators are told to give: nothing else is allowed in the test's cluster. */
function documentedRole(): Manifest<V1Role> {
  const blocks = readFileSync("docs/kubernetes.md", "utf8").matchAll(/```yaml\n(.*?)```/gs);
  const manifests = [...blocks].flatMap(([, text = ""]) => loadAllYaml(text) as { kind: string }[]);
  return manifests.find(({ kind }) => kind === "Role") as Manifest<V1Role>;
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
