import type { V1Container, V1EnvVar, V1Pod, V1Secret } from "@kubernetes/client-node";
import { APP_HOME, INSTALLATION_LABEL, KEEP_OPEN, portOf, SESSION_LABEL } from "../app-container";
import type { SessionSpec } from "../session-provider";
import { APP_CONTAINER } from "./container-names";
import { resourcesOf, UNPRIVILEGED } from "./container-rights";
import { DISPLAY_VARIABLES, DISPLAY_VOLUMES, displayContainer, displayMount } from "./display";
import type { Manifest } from "./manifest";

const COMMON_LABELS = {
  "app.kubernetes.io/managed-by": "sortie",
  "app.kubernetes.io/component": "session",
};

/** Finds the pods of an installation's sessions, whichever of its processes started them. */
export function sessionSelector(installationId: string): string {
  const labels = { ...COMMON_LABELS, [INSTALLATION_LABEL]: installationId };
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

/** The user of every app, whatever its image says. */
const APP_UID = 1000;
const HOME_SIZE_LIMIT = "2Gi";
const TEMPORARY_SIZE_LIMIT = "1Gi";
/** Two minutes for a slow start, and the product itself ends sessions before Kubernetes does. */
const DEADLINE_SLACK_SECONDS = 300;
const PASSWORD_KEY = "vnc-password";

/** What the operator says of all session pods. */
export interface PodSettings {
  readonly installationId: string;
  readonly maxDurationMs: number;
  readonly serviceAccount: string | undefined;
  readonly imagePullSecrets: readonly string[];
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly runtimeClass: string | undefined;
}

/** A session's pod has this name, and so has the secret with its desktop's password. */
export function podNameOf(sessionId: string): string {
  return `sortie-session-${sessionId}`;
}

/**
 * The pod of a session: its app's container without root, privileges, a writable root or a token of the
 * cluster, within its app's limits; before it, where the app brings no VNC server, its display as a sidecar.
 * @throws Error for an app without an image
 */
export function sessionPod(spec: SessionSpec, settings: PodSettings): Manifest<V1Pod> {
  const { serviceAccount, imagePullSecrets, nodeSelector, runtimeClass } = settings;
  const displayImage = displayImageOf(spec);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: podNameOf(spec.sessionId), labels: labelsOf(spec, settings) },
    spec: {
      restartPolicy: "Never",
      activeDeadlineSeconds: Math.ceil(settings.maxDurationMs / 1_000) + DEADLINE_SLACK_SECONDS,
      terminationGracePeriodSeconds: 5,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      ...(serviceAccount === undefined ? {} : { serviceAccountName: serviceAccount }),
      ...(runtimeClass === undefined ? {} : { runtimeClassName: runtimeClass }),
      imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
      nodeSelector: { ...nodeSelector },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: APP_UID,
        runAsGroup: APP_UID,
        fsGroup: APP_UID,
        seccompProfile: { type: "RuntimeDefault" },
      },
      // Sidecars stand among the init containers, with a restart policy: Kubernetes ends them after the app.
      ...(displayImage === undefined
        ? {}
        : { initContainers: [displayContainer(displayImage, screenVariables(spec))] }),
      containers: [appContainer(spec)],
      volumes: [
        { name: "tmp", emptyDir: { sizeLimit: TEMPORARY_SIZE_LIMIT } },
        { name: "home", emptyDir: { sizeLimit: HOME_SIZE_LIMIT } },
        ...(displayImage === undefined ? [] : DISPLAY_VOLUMES),
      ],
    },
  };
}

/** The secret of a desktop's password. It belongs to the pod: Kubernetes removes it with it. */
export function passwordSecret(
  sessionId: string,
  podUid: string,
  password: string,
): Manifest<V1Secret> {
  const name = podNameOf(sessionId);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name,
      labels: { ...COMMON_LABELS, [SESSION_LABEL]: sessionId },
      ownerReferences: [{ apiVersion: "v1", kind: "Pod", name, uid: podUid, controller: true }],
    },
    type: "Opaque",
    immutable: true,
    stringData: { [PASSWORD_KEY]: password },
  };
}

function labelsOf({ sessionId, kind }: SessionSpec, { installationId }: PodSettings) {
  return {
    ...COMMON_LABELS,
    "sortie.app-kind": kind,
    [INSTALLATION_LABEL]: installationId,
    [SESSION_LABEL]: sessionId,
  };
}

/** Of a desktop whose app's image brings no VNC server. */
function displayImageOf(spec: SessionSpec): string | undefined {
  return spec.kind === "desktop" ? spec.displayImage : undefined;
}

function appContainer(spec: SessionSpec): Manifest<V1Container> {
  if (spec.image === undefined) throw new Error(`The app ${spec.appId} names no image.`);
  const hasDisplay = displayImageOf(spec) !== undefined;
  const port = hasDisplay ? null : portOf(spec);
  const command = spec.kind === "terminal" ? KEEP_OPEN : spec.command;
  const plain = { HOME: APP_HOME, ...spec.environment };
  const fixed = Object.entries(plain).map(([name, value]) => ({ name, value }));
  return {
    name: APP_CONTAINER,
    image: spec.image,
    ...(command === undefined ? {} : { command: [...command] }),
    env: [...fixed, ...(hasDisplay ? DISPLAY_VARIABLES : screenVariables(spec))],
    resources: resourcesOf(spec.limits),
    securityContext: { ...UNPRIVILEGED, readOnlyRootFilesystem: spec.readOnlyRoot },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      { name: "home", mountPath: APP_HOME },
      ...(hasDisplay ? [displayMount()] : []),
    ],
    ...(port === null
      ? {}
      : {
          ports: [{ name: "app", containerPort: port }],
          // Ready when it answers; asked each second, for somebody is waiting.
          readinessProbe: { tcpSocket: { port }, periodSeconds: 1, failureThreshold: 3 },
        }),
  };
}

/** What a VNC server is told: a desktop's first size and its password. */
function screenVariables(spec: SessionSpec): Manifest<V1EnvVar>[] {
  if (spec.kind !== "desktop") return [];
  const secretKeyRef = { name: podNameOf(spec.sessionId), key: PASSWORD_KEY };
  return [
    { name: "SORTIE_GEOMETRY", value: `${spec.width}x${spec.height}` },
    { name: "SORTIE_VNC_PASSWORD", valueFrom: { secretKeyRef } },
  ];
}
