import { chown, lstat, mkdir, readdir, rm, stat } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exceptFor, isSystemError } from "@/lib/errors/system-error";
import { endLeftProcesses } from "./isolation";

/** The longest path a unix socket can have on Linux. */
const MAX_SOCKET_PATH_BYTES = 107;
/** Long enough for a starting server to open its socket; younger folders without one are left alone. */
const STARTING_MS = 60_000;
const ALIVE_SOCKET = "alive";

/**
 * Where this server's sessions keep their files. They belong to this machine and this boot, and
 * must be short enough for sockets and reachable by unprivileged users, so they stand in the
 * system's temporary directory and not in the data directory:
 * `<tmp>/sortie-<uid>/<instance>/<session>/`. A server listens on a socket beside its sessions
 * for as long as it lives, so that another one can tell what a dead one has left.
 */
export class SessionDirectories {
  readonly #base: string;
  readonly #own: string;
  readonly #mode: number;
  #alive: Promise<Server> | undefined;

  constructor(private readonly instanceId: string) {
    const uid = process.getuid?.() ?? 0;
    this.#base = join(tmpdir(), `sortie-${uid}`);
    this.#own = join(this.#base, instanceId);
    // Root's sessions run as other users, who have to pass through.
    this.#mode = uid === 0 ? 0o711 : 0o700;
  }

  /** Makes a session's folder, for nobody but the session's user. @throws Error */
  async create(sessionId: string, uid: number | undefined): Promise<string> {
    // A failure is not remembered: a full disk, say, may have room again.
    await (this.#alive ??= this.#open().catch((error: unknown) => {
      this.#alive = undefined;
      throw error;
    }));
    const directory = join(this.#own, sessionId);
    refuseLongPath(join(directory, "run", "rfb"));
    await mkdir(directory, { mode: 0o700 });
    if (uid !== undefined) await chown(directory, uid, uid);
    return directory;
  }

  /** Removes a session's folder; its processes must have ended. */
  async remove(sessionId: string): Promise<void> {
    await rm(join(this.#own, sessionId), { recursive: true, force: true });
  }

  /** Ends and removes what dead servers on this machine have left; answers their instance ids. */
  async clearLeftovers(): Promise<readonly string[]> {
    if (!(await this.#baseExists())) return [];
    const cleared: string[] = [];
    for (const instanceId of await readdir(this.#base)) {
      if (instanceId === this.instanceId) continue;
      const directory = join(this.#base, instanceId);
      if (!(await isAbandoned(directory))) continue;
      // Another server may be starting beside this one and doing the same.
      await removeInstance(directory).catch(exceptFor("ENOENT"));
      cleared.push(instanceId);
    }
    return cleared;
  }

  /** Removes all that is this server's; its sessions must have ended. */
  async close(): Promise<void> {
    if (this.#alive === undefined) return;
    const server = await this.#alive;
    await rm(this.#own, { recursive: true, force: true });
    server.close();
  }

  async #open(): Promise<Server> {
    await mkdir(this.#base, { mode: this.#mode }).catch(exceptFor("EEXIST"));
    await this.#baseExists();
    await mkdir(this.#own, { mode: this.#mode }).catch(exceptFor("EEXIST"));
    const path = join(this.#own, ALIVE_SOCKET);
    refuseLongPath(path);
    const server = createServer((caller) => caller.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(path, resolve);
    });
    return server.unref();
  }

  /** The temporary directory is everybody's: what stands under our name there may be another's. */
  async #baseExists(): Promise<boolean> {
    const found = await lstat(this.#base).catch(exceptFor("ENOENT"));
    if (found === undefined) return false;
    const isOurs =
      found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
    if (isOurs) return true;
    throw new Error(
      `${this.#base} belongs to somebody else. Remove it, or set TMPDIR to another directory.`,
    );
  }
}

function refuseLongPath(path: string): void {
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return;
  throw new Error(`${path} is too long for a unix socket. Set TMPDIR to a shorter directory.`);
}

async function isAbandoned(directory: string): Promise<boolean> {
  const answer = await knock(join(directory, ALIVE_SOCKET));
  if (answer !== "absent") return answer === "refused";
  const found = await stat(directory).catch(exceptFor("ENOENT"));
  return found !== undefined && Date.now() - found.mtimeMs > STARTING_MS;
}

/** Whether anybody listens on a unix socket. */
function knock(path: string): Promise<"answered" | "refused" | "absent" | "unclear"> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve("answered");
    });
    socket.once("error", (error) => {
      if (isSystemError(error, "ECONNREFUSED")) resolve("refused");
      else resolve(isSystemError(error, "ENOENT") ? "absent" : "unclear");
    });
  });
}

async function removeInstance(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const owner = await stat(join(directory, name));
    if (owner.isDirectory()) await endLeftProcesses(name, owner.uid);
  }
  await rm(directory, { recursive: true, force: true });
}
