import { expect, test } from "vitest";
import { readKubernetes } from "./kubernetes-config";

test("a cluster needs no settings", () => {
  expect(readKubernetes({})).toEqual({
    provider: "kubernetes",
    namespace: undefined,
    connect: "pod-ip",
    serviceAccount: undefined,
    imagePullSecrets: [],
    nodeSelector: {},
    runtimeClass: undefined,
    displayImage: undefined,
  });
});

test("lists and labels are separated by commas", () => {
  const read = readKubernetes({
    SORTIE_KUBERNETES_IMAGE_PULL_SECRETS: "mirror,other.one",
    SORTIE_KUBERNETES_NODE_SELECTOR: "pool=sessions,example.org/disk=ssd,spare=",
  });
  expect(read.imagePullSecrets).toEqual(["mirror", "other.one"]);
  expect(read.nodeSelector).toEqual({ pool: "sessions", "example.org/disk": "ssd", spare: "" });
});

test.each([
  ["SORTIE_KUBERNETES_NAMESPACE", "Sessions"],
  ["SORTIE_KUBERNETES_CONNECT", "service"],
  ["SORTIE_KUBERNETES_NODE_SELECTOR", "pool"],
  ["SORTIE_KUBERNETES_NODE_SELECTOR", "pool=a, disk=b"],
  ["SORTIE_KUBERNETES_IMAGE_PULL_SECRETS", "a,,b"],
  ["SORTIE_KUBERNETES_RUNTIME_CLASS", "-x"],
  ["SORTIE_KUBERNETES_DISPLAY_IMAGE", "--privileged"],
])("%s=%s is refused by name", (name, value) => {
  expect(() => readKubernetes({ [name]: value })).toThrow(`${name} is "${value}"; allowed: `);
});
