import { readFileSync } from "node:fs";
import { loadAllYaml, type V1Role } from "@kubernetes/client-node";
import type { Manifest } from "@/lib/providers/kubernetes/manifest";

/** The Role that operators are told to give: nothing else is allowed in the test's cluster. */
export function documentedRole(): Manifest<V1Role> {
  const blocks = readFileSync("docs/kubernetes.md", "utf8").matchAll(/```yaml\n(.*?)```/gs);
  const manifests = [...blocks].flatMap(([, text = ""]) => loadAllYaml(text) as { kind: string }[]);
  return manifests.find(({ kind }) => kind === "Role") as Manifest<V1Role>;
}
