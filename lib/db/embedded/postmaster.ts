import { readFile, readlink, realpath, rm } from "node:fs/promises";
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
  // The lines are PostgreSQL's: pid, data directory, start time, port, socket, address, shared memory, status.
  const [pid, , , port, , , , status] = await readPidFile(cluster);
  if (pid === undefined || !(await worksIn(pid, cluster))) return undefined;
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === "ready" };
}

/**
 * Removes a `postmaster.pid` whose process id is now a stranger's: PostgreSQL would take that for a running
 * server and refuse to start. Any other file is left: with it PostgreSQL finds children that still run.
 */
export async function forgetStranger(cluster: string): Promise<void> {
  const [pid] = await readPidFile(cluster);
  if (pid === undefined || (await worksIn(pid, cluster))) return;
  const stranger = await readFile(`/proc/${pid}/stat`).catch(() => undefined);
  if (stranger !== undefined) await rm(join(cluster, "postmaster.pid"), { force: true });
}

async function readPidFile(cluster: string): Promise<readonly string[]> {
  const text = await readFile(join(cluster, "postmaster.pid"), "utf8").catch(() => "");
  const lines = text.split("\n");
  return /^\d+$/.test(lines[0] ?? "") ? lines : [];
}

async function worksIn(pid: string, cluster: string): Promise<boolean> {
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return directory === (await realpath(cluster));
}
