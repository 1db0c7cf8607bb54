import type { IIngress, INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import type { IRole, IRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1";
import type { IService, IServiceAccount } from "kubernetes-models/v1";
import { describe, expect, it } from "vitest";
import { sessionPod } from "@/lib/providers/kubernetes/session-pod";
import { documentedRole } from "@/tests/support/kubernetes/documented-role";
import { desktopSpec } from "@/tests/support/session-specs";
import { LEAST } from "./cases";
import { ofKind, podOf } from "./manifests";
import { canRender, type Manifest, RELEASE, renderChart } from "./render-chart";

interface ServiceMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly namespaceSelector: { readonly matchNames: readonly string[] };
    readonly endpoints: readonly { readonly port: string; readonly honorLabels: boolean }[];
  };
}
type Labels = Readonly<Record<string, string>>;

const withSessions = (kubernetes: object) => renderChart({ ...LEAST, sessions: { kubernetes } });
const ingressOf = (ingress: object) => {
  const values = { enabled: true, host: "sortie.example.org", ...ingress };
  return ofKind<IIngress>(renderChart({ ...LEAST, ingress: values }), "Ingress")[0];
};
const matches = (labels: Labels | undefined, selector: Labels | undefined) =>
  Object.entries(selector ?? {}).every(([name, value]) => labels?.[name] === value);

describe.skipIf(!canRender)("sessions in Pods", () => {
  const inPods = withSessions({ namespace: "sessions" });
  const forwarded = withSessions({ namespace: "sessions", connect: "port-forward" });
  const policyIn = (manifests: readonly Manifest[]) =>
    ofKind<INetworkPolicy>(manifests, "NetworkPolicy").find(({ metadata }) =>
      metadata.name.endsWith("-sessions"),
    );

  it("are the web and worker processes' to make, with the documented Role and where they run only", () => {
    const rulesOf = (manifests: readonly Manifest[]) =>
      ofKind<IRole>(manifests, "Role").map(({ rules }) => rules);
    const rules = documentedRole().rules ?? [];
    expect(rulesOf(forwarded)).toEqual([rules]);
    const unforwarded = rules.map(({ resources = [], ...rule }) => ({
      ...rule,
      resources: resources.filter((resource) => resource !== "pods/portforward"),
    }));
    expect(rulesOf(inPods)).toEqual([unforwarded]);

    const [role] = ofKind<IRole>(inPods, "Role");
    const [binding] = ofKind<IRoleBinding>(inPods, "RoleBinding");
    const namespaces = [role, binding].map((manifest) => manifest?.metadata.namespace);
    expect(namespaces).toEqual(["sessions", "sessions"]);
    expect(binding?.roleRef).toMatchObject({ kind: "Role", name: role?.metadata.name });
    for (const component of ["web", "worker"] as const) {
      const { spec } = podOf(inPods, component);
      const name = spec?.serviceAccountName;
      const { namespace } = RELEASE;
      expect(binding?.subjects).toEqual([{ kind: "ServiceAccount", name, namespace }]);
      expect(spec?.automountServiceAccountToken).toBe(true);
    }
    const alone = renderChart({ ...LEAST, sessions: { provider: "local" } });
    expect([...ofKind(alone, "Role"), ...ofKind(alone, "RoleBinding")]).toEqual([]);
    expect(podOf(alone, "web").spec?.automountServiceAccountToken).toBe(false);
  });

  it("let the web processes in and nobody else, and do not get at their node's identity", () => {
    const settings = { installationId: "one", maxDurationMs: 1, serviceAccount: undefined };
    const scheduling = { imagePullSecrets: [], nodeSelector: {}, runtimeClass: undefined };
    const session = sessionPod(desktopSpec("a"), { ...settings, ...scheduling });
    const policy = policyIn(inPods);
    expect(policy?.metadata.namespace).toBe("sessions");
    const selector = policy?.spec?.podSelector.matchLabels;
    expect(matches(session.metadata?.labels, selector)).toBe(true);
    expect(policy?.spec?.policyTypes).toEqual(["Ingress", "Egress"]);
    expect(policy?.spec?.ingress).toHaveLength(1);
    const [peer, ...others] = policy?.spec?.ingress?.[0]?.from ?? [];
    expect(others).toEqual([]);
    expect(peer?.namespaceSelector?.matchLabels).toEqual({
      "kubernetes.io/metadata.name": RELEASE.namespace,
    });
    const letIn = (labels: Labels | undefined) => matches(labels, peer?.podSelector?.matchLabels);
    expect(letIn(podOf(inPods, "web").metadata?.labels)).toBe(true);
    expect(letIn(podOf(inPods, "worker").metadata?.labels)).toBe(false);
    expect(letIn(session.metadata?.labels)).toBe(false);
    const blocks = policy?.spec?.egress
      ?.flatMap(({ to }) => to ?? [])
      .map(({ ipBlock }) => ipBlock);
    expect(blocks).toContainEqual({ cidr: "0.0.0.0/0", except: ["169.254.0.0/16"] });
    // Those come out in the Pod's own network.
    expect(policyIn(forwarded)?.spec).toMatchObject({ policyTypes: ["Ingress", "Egress"] });
    expect(policyIn(forwarded)?.spec?.ingress).toBeUndefined();
  });
});

describe.skipIf(!canRender)("an operator", () => {
  it("has an Ingress that lets uploads and WebSockets through, by nginx and by Traefik", () => {
    const nginx = ingressOf({
      annotations: { "nginx.ingress.kubernetes.io/proxy-read-timeout": "60", own: "1" },
    });
    expect(nginx?.metadata.annotations).toEqual({
      "nginx.ingress.kubernetes.io/proxy-body-size": "0",
      "nginx.ingress.kubernetes.io/proxy-request-buffering": "off",
      "nginx.ingress.kubernetes.io/proxy-buffering": "off",
      "nginx.ingress.kubernetes.io/proxy-read-timeout": "60",
      "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
      own: "1",
    });
    const traefik = (tls: boolean) =>
      ingressOf({ controller: "traefik", tls: { enabled: tls } })?.metadata.annotations;
    const router = "traefik.ingress.kubernetes.io/router";
    expect(traefik(true)).toEqual({
      [`${router}.entrypoints`]: "websecure",
      [`${router}.tls`]: "true",
    });
    expect(traefik(false)).toEqual({
      [`${router}.entrypoints`]: "web",
      [`${router}.tls`]: "false",
    });
    expect(ingressOf({ controller: "none" })?.metadata.annotations).toBeUndefined();
  });

  it("gives web and worker an identity in AWS by annotations of their ServiceAccount", () => {
    const annotations = { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/recordings" };
    const manifests = renderChart({ ...LEAST, serviceAccount: { annotations } });
    const accounts = ofKind<IServiceAccount>(manifests, "ServiceAccount");
    expect(accounts.map(({ metadata }) => metadata.annotations)).toEqual([annotations]);
    for (const component of ["web", "worker"] as const) {
      expect(podOf(manifests, component).spec?.serviceAccountName).toBe(accounts[0]?.metadata.name);
    }
  });

  it("has a ServiceMonitor that finds the Service for metrics, and its port", () => {
    const metrics = { serviceMonitor: { enabled: true } };
    const manifests = renderChart({ ...LEAST, metrics });
    const [monitor] = ofKind<ServiceMonitor>(manifests, "ServiceMonitor");
    const found = ofKind<IService>(manifests, "Service").filter(({ metadata }) =>
      matches(metadata.labels, monitor?.spec.selector.matchLabels),
    );
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["demo-sortie-metrics"]);
    expect(monitor?.spec.namespaceSelector.matchNames).toEqual([RELEASE.namespace]);
    const ports = found[0]?.spec?.ports?.map(({ name }) => name);
    expect(monitor?.spec.endpoints.map(({ port }) => port)).toEqual(ports);
    expect(monitor?.spec.endpoints[0]?.honorLabels).toBe(true);
  });
});
