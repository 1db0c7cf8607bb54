import { readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";

/** A PostgreSQL server that runs on a cluster, as its `postmaster.pid` tells. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether it takes connections. */
  readonly ready: boolean;
}

/**
 * The server that runs on this cluster now, or undefined. The file alone proves nothing: it outlives a
 * crash, and after a reboot its process id may be somebody else's. A server's working directory is
 * always its cluster, so that is what tells.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  // The lines are PostgreSQL's: pid, data directory, start time, port, socket, address, shared memory, status.
  const [pid, , , port, , , , status] = text.split("\n");
  if (pid === undefined || !/^\d+$/.test(pid)) return undefined;
  const workingDirectory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  if (workingDirectory !== (await realpath(cluster))) return undefined;
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === "ready" };
}
