import { connect, type Socket } from "node:net";
import type { ContainerInspectInfo } from "dockerode";

const CONNECT_TIMEOUT_MS = 5_000;

export interface ContainerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Where this server reaches a port of a running container: its own address in `network`, or, without one, the port that
 * is published for it. Null while there is none, as of a container that has ended.
 */
export function addressOf(
  { State, NetworkSettings }: Pick<ContainerInspectInfo, "State" | "NetworkSettings">,
  port: number,
  network: string | undefined,
): ContainerAddress | null {
  if (!State.Running) return null;
  if (network !== undefined) {
    const host = NetworkSettings.Networks[network]?.IPAddress ?? "";
    return host === "" ? null : { host, port };
  }
  const published = NetworkSettings.Ports[`${port}/tcp`]?.[0];
  return published === undefined
    ? null
    : { host: published.HostIp, port: Number(published.HostPort) };
}

/** Opens a TCP connection. @throws Error */
export function connectTo({ host, port }: ContainerAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => fail(new Error(`${host}:${port} does not answer`)));
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("error", fail);
      resolve(socket);
    });
  });
}
