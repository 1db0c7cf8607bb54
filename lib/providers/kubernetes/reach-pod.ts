import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { KubernetesConfig } from "@/lib/config/kubernetes-config";
import type { ClusterClient } from "./cluster-client";
import { forwardPort } from "./port-forward";

const CONNECT_TIMEOUT_MS = 10_000;

export interface PodAddress {
  readonly name: string;
  readonly ip: string;
  readonly port: number;
}

/** Opens a TCP connection to a pod, or what behaves like one. @throws ApiRefusal, Error */
export function reachPod(
  client: ClusterClient,
  { name, ip, port }: PodAddress,
  way: KubernetesConfig["connect"],
): Promise<Duplex> {
  switch (way) {
    case "pod-ip":
      return connectTo(ip, port);
    case "port-forward":
      return forwardPort(client, name, port);
  }
}

function connectTo(host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    // What a network policy drops is never answered.
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => {
      socket.destroy(new Error(`${host}:${port} does not answer.`));
    });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}
