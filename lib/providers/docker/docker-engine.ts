import { existsSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";

/** Where Docker and Podman put their sockets, the likeliest first. */
function usualSockets(): readonly string[] {
  const ofUser = process.env["XDG_RUNTIME_DIR"];
  const rootless = ofUser === undefined ? [] : [join(ofUser, "podman", "podman.sock")];
  return ["/var/run/docker.sock", "/run/podman/podman.sock", ...rootless];
}

/** The socket of the container engine: the configured one, or the first usual one that is there. */
export function findSocket(configured: string | undefined): string {
  if (configured !== undefined) return configured;
  const usual = usualSockets();
  return usual.find((path) => existsSync(path)) ?? usual[0] ?? "";
}

export function openEngine(socketPath: string): Docker {
  return new Docker({ socketPath });
}

/** Why the engine could not be asked, as a sentence with a remedy; null when it was not the way to it that failed. */
export function explainUnreachable(error: unknown, socketPath: string): string | null {
  switch (systemCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return `There is no Docker or Podman socket at ${socketPath}. Start the engine, or name its socket in SORTIE_DOCKER_SOCKET.`;
    case "EACCES":
    case "EPERM":
      return `The server may not use the socket ${socketPath}. Add its user to the group that owns the socket.`;
    case "ECONNREFUSED":
    case "ECONNRESET":
      return `No container engine answers at ${socketPath}. Start Docker, or Podman's service.`;
    default:
      return null;
  }
}

/** Whether the engine says that there is no such container, image or network. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404;
}

/** Whether the engine says that it is being done already, or done. */
export function isAlreadySo(error: unknown): boolean {
  const status = statusOf(error);
  return status === 304 || status === 409;
}

/** The HTTP status of an engine's answer that the client took for an error. */
export function statusOf(error: unknown): unknown {
  return error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
