import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Config } from "@/lib/config/config";
import { restoreContentLength } from "./body-length";
import { stampClient } from "./client";
import { withIncomingMessage } from "./incoming-message";
import { secure } from "./security-headers";

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** What may arrive of a body while it is still being decided whether to take it. */
const READ_AHEAD_BYTES = 1024 * 1024;
/** How long an upload that is under way may go on after the server was told to stop. */
const DRAIN_MS = 4_000;

/** Makes the server: every answer gets its headers here, whoever writes it. Does not listen yet. */
export function createHttpServer(
  handle: Handle,
  config: Pick<Config, "publicUrl" | "trustedProxyCount">,
): Server {
  const https = config.publicUrl?.startsWith("https:") ?? false;
  const server = createServer({ highWaterMark: READ_AHEAD_BYTES }, (request, response) => {
    stampClient(request, config);
    secure(request, response, https);
    restoreContentLength(response);
    void withIncomingMessage(request, () => handle(request, response));
  });
  // A recording's upload may go on for as long as it likes; its bytes are watched for stalls instead.
  // Headers still have to come within Node's own limit.
  server.requestTimeout = 0;
  return server;
}

/** Resolves when the server takes connections. @throws Error naming the port when it is taken */
export async function listen(
  server: Server,
  { port, host }: Pick<Config, "port" | "host">,
): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portTaken(port, error) : error);
    });
    server.listen(port, host, resolve);
  });
  return server.address() as AddressInfo;
}

function portTaken(port: number, cause: Error): Error {
  return new Error(`Port ${port} is taken. Stop what listens there, or set PORT to another.`, {
    cause,
  });
}

/** Takes no more connections, lets requests that are under way end, then cuts what is left. */
export async function drain(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(cut);
}
