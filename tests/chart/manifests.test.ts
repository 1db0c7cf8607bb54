import type { IDeployment } from "kubernetes-models/apps/v1";
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2";
import type { IIngress, INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1";
import type { IPersistentVolumeClaim, IService } from "kubernetes-models/v1";
import { describe, expect, it } from "vitest";
import { CASES, LEAST, SENTINELS } from "./cases";
import { complaintsAbout } from "./kubernetes-schema";
import { ofKind, podOf } from "./manifests";
import { canRender, type Manifest, renderChart } from "./render-chart";

const COMPONENTS = ["web", "worker"] as const;
type Labels = Readonly<Record<string, string>>;

const matches = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);

/** The release's own Pods that a selector finds. */
function podsWith(manifests: readonly Manifest[], selector: Labels | undefined) {
  return COMPONENTS.map((component) => podOf(manifests, component)).filter((pod) =>
    matches(selector ?? {}, pod.metadata?.labels ?? {}),
  );
}

const portNames = (pod: ReturnType<typeof podOf>) =>
  (pod.spec?.containers ?? []).flatMap(({ ports }) => (ports ?? []).map(({ name }) => name));

describe.skipIf(!canRender).each(Object.entries(CASES))("with %s", (_name, values) => {
  const manifests = renderChart(values);

  it("every manifest is what Kubernetes knows, to the last field", () => {
    for (const manifest of manifests) {
      expect(complaintsAbout(manifest), `${manifest.kind} ${manifest.metadata.name}`).toEqual([]);
      expect(manifest.metadata.name).toMatch(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
    }
    const ids = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("each Deployment selects its own Pods and nobody else's", () => {
    for (const deployment of ofKind<IDeployment>(manifests, "Deployment")) {
      const selected = podsWith(manifests, deployment.spec?.selector.matchLabels);
      expect(selected).toEqual([deployment.spec?.template]);
    }
  });

  it("Services, budgets, policies, autoscaler and Ingress lead to Pods and ports that are there", () => {
    for (const { spec } of ofKind<IService>(manifests, "Service")) {
      const pods = podsWith(manifests, spec?.selector);
      expect(pods).not.toEqual([]);
      for (const { targetPort } of spec?.ports ?? []) {
        for (const pod of pods) expect(portNames(pod)).toContain(targetPort);
      }
    }
    for (const { spec } of ofKind<IPodDisruptionBudget>(manifests, "PodDisruptionBudget")) {
      expect(podsWith(manifests, spec?.selector?.matchLabels)).toHaveLength(1);
    }
    for (const { spec, metadata } of ofKind<INetworkPolicy>(manifests, "NetworkPolicy")) {
      if (metadata.name.endsWith("-sessions")) continue;
      const [pod] = podsWith(manifests, spec?.podSelector.matchLabels);
      const ports = (spec?.ingress ?? []).flatMap((rule) => rule.ports ?? []);
      for (const { port } of ports) expect(portNames(pod!)).toContain(port);
    }
    const deployments = ofKind(manifests, "Deployment").map(({ metadata }) => metadata.name);
    for (const { spec } of ofKind<IHorizontalPodAutoscaler>(manifests, "HorizontalPodAutoscaler")) {
      expect(deployments).toContain(spec?.scaleTargetRef.name);
    }
    const services = ofKind(manifests, "Service").map(({ metadata }) => metadata.name);
    for (const { spec } of ofKind<IIngress>(manifests, "Ingress")) {
      for (const { http } of spec?.rules ?? []) {
        for (const { backend } of http?.paths ?? [])
          expect(services).toContain(backend.service?.name);
      }
    }
  });

  it("what Pods mount and name is in the release, or somebody's whose name was given", () => {
    const given = JSON.stringify(values);
    const exists = (kind: string, name: string | undefined) =>
      ofKind(manifests, kind).some(({ metadata }) => metadata.name === name) ||
      given.includes(`"${String(name)}"`);
    for (const component of COMPONENTS) {
      const { spec } = podOf(manifests, component);
      expect(exists("ServiceAccount", spec?.serviceAccountName)).toBe(true);
      for (const { persistentVolumeClaim, configMap } of spec?.volumes ?? []) {
        const claim = persistentVolumeClaim?.claimName;
        if (claim !== undefined) expect(exists("PersistentVolumeClaim", claim)).toBe(true);
        if (configMap) expect(exists("ConfigMap", configMap.name)).toBe(true);
      }
      const volumes = spec?.volumes?.map(({ name }) => name);
      for (const { volumeMounts, env } of spec?.containers ?? []) {
        for (const { name } of volumeMounts ?? []) expect(volumes).toContain(name);
        const secrets = (env ?? []).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
        for (const { name } of secrets) expect(exists("Secret", name)).toBe(true);
      }
    }
  });

  it("no secret is anywhere but in a Secret", () => {
    const open = JSON.stringify(manifests.filter(({ kind }) => kind !== "Secret"));
    for (const sentinel of Object.values(SENTINELS)) {
      expect(open).not.toContain(sentinel);
      expect(open).not.toContain(Buffer.from(sentinel).toString("base64"));
    }
  });

  it("processes may not gain rights nor write anywhere but where they have to", () => {
    for (const component of COMPONENTS) {
      const { spec } = podOf(manifests, component);
      expect(spec?.securityContext).toMatchObject({ runAsNonRoot: true, fsGroup: 1000 });
      for (const { securityContext, volumeMounts } of spec?.containers ?? []) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        expect(volumeMounts?.map(({ mountPath }) => mountPath)).toContain("/tmp");
      }
    }
  });
});

describe.skipIf(!canRender)("recordings on a volume", () => {
  const mountIn = (manifests: readonly Manifest[], component: "web" | "worker") =>
    podOf(manifests, component).spec?.containers[0]?.volumeMounts?.find(
      ({ name }) => name === "recordings",
    )?.mountPath;

  it("are mounted at storagePath in web and worker, on a claim that outlives the release", () => {
    const manifests = renderChart({ ...LEAST, recording: { storagePath: "/srv/here" } });
    for (const component of COMPONENTS) expect(mountIn(manifests, component)).toBe("/srv/here");
    const [claim] = ofKind<IPersistentVolumeClaim>(manifests, "PersistentVolumeClaim");
    expect(claim?.spec).toEqual({
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "50Gi" } },
    });
    expect(claim?.metadata.annotations).toMatchObject({ "helm.sh/resource-policy": "keep" });
  });

  it("that one node has keep all Pods on that node and are never waited for by two at once", () => {
    for (const { spec } of ofKind<IDeployment>(renderChart(LEAST), "Deployment")) {
      expect(spec?.strategy).toEqual({ type: "Recreate" });
      const terms =
        spec?.template.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
      expect(terms).toHaveLength(1);
      // The first Pod finds no other: it may only be scheduled because the term matches itself.
      const selector = terms?.[0]?.labelSelector?.matchLabels ?? {};
      expect(matches(selector, spec?.template.metadata?.labels ?? {})).toBe(true);
    }
  });

  it("in S3 need neither", () => {
    const recording = { storageBackend: "s3", s3: { bucket: "recordings" } };
    const manifests = renderChart({ ...LEAST, recording });
    expect(ofKind(manifests, "PersistentVolumeClaim")).toEqual([]);
    expect(mountIn(manifests, "web")).toBeUndefined();
    expect(podOf(manifests, "web").spec?.affinity).toBeUndefined();
  });
});
