import type { Duplex } from "node:stream";
import { ChannelStream } from "./channel-stream";
import type { ClusterClient } from "./cluster-client";

/** Kubernetes' port forwarding over a WebSocket: channel 0 is the connection, channel 1 tells errors. */
export const PORT_FORWARD_PROTOCOL = "v4.channel.k8s.io";
const DATA = 0;
const ERROR = 1;
/** Each channel begins with the port's number in two bytes, little-endian. */
const PORT_BYTES = 2;

/** Opens one TCP connection to a port of a pod, through the API server. @throws ApiRefusal, Error */
export async function forwardPort(
  client: ClusterClient,
  pod: string,
  port: number,
): Promise<Duplex> {
  const query = new URLSearchParams({ ports: String(port) });
  const webSocket = await client.openStream(`${pod}/portforward`, query, PORT_FORWARD_PROTOCOL);
  const toSkip = new Map([
    [DATA, PORT_BYTES],
    [ERROR, PORT_BYTES],
  ]);
  const stream: ChannelStream = new ChannelStream(webSocket, {
    writeTo: DATA,
    receive: (channel, bytes) => {
      const skipped = Math.min(toSkip.get(channel) ?? 0, bytes.length);
      toSkip.set(channel, (toSkip.get(channel) ?? 0) - skipped);
      const rest = bytes.subarray(skipped);
      if (channel === DATA) return rest;
      if (channel === ERROR && rest.length > 0) stream.destroy(new Error(rest.toString()));
      return null;
    },
    farewell: null,
    onClose: () => undefined,
  });
  return stream;
}
