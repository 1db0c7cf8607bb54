import type { V1Container, V1EnvVar, V1Volume, V1VolumeMount } from "@kubernetes/client-node";
import { RFB_PORT } from "../app-container";
import type { AppLimits } from "../session-provider";
import { DISPLAY_CONTAINER } from "./container-names";
import { resourcesOf, UNPRIVILEGED } from "./container-rights";
import type { Manifest } from "./manifest";

/**
 * The display of an app whose image brings no VNC server: an X server that speaks RFB, in a sidecar. The two meet in a
 * directory of the pod with the server's socket and the cookie that it asks its clients for.
 */

const SOCKETS = "/tmp/.X11-unix";
/** Where both find each other; the display writes the cookie, the app reads it. */
export const DISPLAY_VARIABLES: Manifest<V1EnvVar>[] = [
  { name: "DISPLAY", value: ":1" },
  { name: "XAUTHORITY", value: `${SOCKETS}/authority` },
];

export const DISPLAY_VOLUMES: Manifest<V1Volume>[] = [
  { name: "display", emptyDir: { sizeLimit: "1Mi" } },
  // The display's own, for its password is in there.
  { name: "display-tmp", emptyDir: { sizeLimit: "64Mi" } },
];

/** For what its windows show, which an X server keeps, and for encoding one screen. */
const LIMITS: AppLimits = { cpus: 1, memoryBytes: 512 * 1024 * 1024, pids: undefined };
/** How often a starting display is asked, once a second, until it is given up. */
const START_ATTEMPTS = 60;

export function displayMount(): Manifest<V1VolumeMount> {
  return { name: "display", mountPath: SOCKETS };
}

/**
 * A sidecar in Kubernetes' own sense (1.29), which ends when the app has: the pod then has the app's exit code. The app
 * is started once the display takes connections. `screen`: its size and password, for the image's VNC server.
 */
export function displayContainer(
  image: string,
  screen: readonly Manifest<V1EnvVar>[],
): Manifest<V1Container> {
  const tcpSocket = { port: RFB_PORT };
  return {
    name: DISPLAY_CONTAINER,
    image,
    restartPolicy: "Always",
    args: ["display"],
    env: [{ name: "HOME", value: "/tmp" }, ...DISPLAY_VARIABLES, ...screen],
    resources: resourcesOf(LIMITS),
    securityContext: { ...UNPRIVILEGED, readOnlyRootFilesystem: true },
    volumeMounts: [{ name: "display-tmp", mountPath: "/tmp" }, displayMount()],
    ports: [{ name: "rfb", containerPort: RFB_PORT }],
    startupProbe: { tcpSocket, periodSeconds: 1, failureThreshold: START_ATTEMPTS },
    readinessProbe: { tcpSocket, periodSeconds: 1, failureThreshold: 3 },
  };
}
