import { execFile } from "node:child_process";
import { lstat, readdir, readlink, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { SANDBOX_HOME, SANDBOX_UID } from "./session-files";
import {
  END_MARKED_PROCESSES,
  END_OWN_PROCESSES,
  type Ending,
  sessionMark,
} from "./desktop-script";

const run = promisify(execFile);

const MEBIBYTE = 1024 * 1024;
const PROBE_TIMEOUT_MS = 5_000;
const SEARCH_PATH = "/usr/local/bin:/usr/bin:/bin";

/** Each process may map this much, write files this long and open this many. */
const PROCESS_LIMITS = [
  `--as=${4096 * MEBIBYTE}`,
  `--fsize=${1024 * MEBIBYTE}`,
  "--nofile=4096",
  "--core=0",
];
/** Counted by user, so it can only be set where a session has a user to itself. */
const PROCESS_COUNT_LIMIT = "--nproc=512";

/** What systemd sets aside for users that exist only while something runs: nobody else's files. */
const FIRST_UID = 61_184;
const LAST_UID = 65_519;

/** How desktops are kept apart from the server and from each other on this machine. */
export interface Isolation {
  /** In a namespace of its own, without network, on a read-only system. */
  readonly sandboxed: boolean;
  /** As an unprivileged user made up for the session; only root can do that. */
  readonly ownUser: boolean;
}

/** Finds the strongest isolation this machine allows, by trying it. */
export async function probeIsolation(): Promise<Isolation> {
  const ownUser = process.getuid?.() === 0;
  const uid = ownUser ? LAST_UID : undefined;
  const command = [...limits({ sandboxed: true, ownUser }, uid), ...(await sandbox([])), "true"];
  const attempt = run("setpriv", command, {
    env: environment({}),
    timeout: PROBE_TIMEOUT_MS,
  });
  const sandboxed = await attempt.then(
    () => true,
    () => false,
  );
  return { sandboxed, ownUser };
}

export interface IsolatedCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface IsolatedScript {
  readonly script: (ending: Ending) => string;
  /** The script's `$1`, `$2` …; the first is the session's id. */
  readonly args: readonly [sessionId: string, ...string[]];
  readonly directory: string;
  readonly uid: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

/** The command that runs a session's script, shut in as far as `isolation` goes. */
export async function isolate(
  isolation: Isolation,
  { script, args, directory, uid, environment: own }: IsolatedScript,
): Promise<IsolatedCommand> {
  const ending = endingOf(isolation);
  const inside = ["/bin/sh", "-c", script(ending), "desktop", ...args];
  const place = isolation.sandboxed
    ? { SESSION_DIR: "/session", HOME: SANDBOX_HOME }
    : { SESSION_DIR: directory, HOME: join(directory, "home") };
  const around = isolation.sandboxed ? await sandbox(sessionMounts(directory)) : [];
  return {
    program: "setpriv",
    args: [...limits(isolation, uid), ...around, ...inside],
    env: environment({
      ...own,
      ...{ LANG: "C.UTF-8", SHELL: "/bin/bash", USER: "user", LOGNAME: "user" },
      ...sessionMark(args[0]),
      ...place,
    }),
  };
}

/** The whole environment of a child. Never the server's own: that holds secrets. */
function environment(values: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const whole: Readonly<Record<string, string>> = { PATH: SEARCH_PATH, ...values };
  // Next's typings demand NODE_ENV, which is nothing a desktop should have.
  return whole as NodeJS.ProcessEnv;
}

function endingOf({ sandboxed, ownUser }: Isolation): Ending {
  if (sandboxed) return "with-sandbox";
  return ownUser ? "by-user" : "by-mark";
}

/** The arguments of `setpriv` that give up privileges and set limits; a sandbox is also tied to the server's life. */
function limits({ sandboxed }: Isolation, uid: number | undefined): string[] {
  return [
    "--no-new-privs",
    ...(uid === undefined ? [] : asUser(uid)),
    // Outside a sandbox the script must outlive the server for the moment it takes to end the rest.
    ...(sandboxed ? ["--pdeathsig", "KILL"] : []),
    "prlimit",
    ...PROCESS_LIMITS,
    ...(uid === undefined ? [] : [PROCESS_COUNT_LIMIT]),
  ];
}

function asUser(uid: number): string[] {
  return [`--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
}

const READABLE_SYSTEM = [
  "/etc/alternatives",
  "/etc/bash.bashrc",
  "/etc/debian_version",
  "/etc/fonts",
  "/etc/inputrc",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/localtime",
  "/etc/os-release",
  "/etc/profile",
  "/etc/terminfo",
  "/etc/vim",
  "/etc/X11",
  "/var/cache/fontconfig",
];

const memoryFolder = (path: string, sizeMib: number) => [
  "--size",
  String(sizeMib * MEBIBYTE),
  "--tmpfs",
  path,
];

/** A bubblewrap around nothing but the system's programs, read-only, with small folders in memory. */
async function sandbox(mounts: readonly string[]): Promise<string[]> {
  return [
    "bwrap",
    ...["user", "pid", "ipc", "uts", "net"].map((namespace) => `--unshare-${namespace}`),
    ...["--unshare-cgroup-try", "--die-with-parent", "--new-session", "--hostname", "desktop"],
    ...["--uid", String(SANDBOX_UID), "--gid", String(SANDBOX_UID)],
    ...["--ro-bind", "/usr", "/usr", ...(await topFolders())],
    ...READABLE_SYSTEM.flatMap((path) => ["--ro-bind-try", path, path]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...memoryFolder("/dev/shm", 64),
    ...memoryFolder("/tmp", 256),
    ...memoryFolder(SANDBOX_HOME, 256),
    ...mounts,
    ...["--chdir", "/", "--remount-ro", "/dev", "--remount-ro", "/"],
  ];
}

/** `/bin`, `/lib` and their like as this system has them: links into `/usr`, or folders. */
async function topFolders(): Promise<string[]> {
  const names = (await readdir("/")).filter((name) => /^(s?bin|lib(x?\d+)?)$/.test(name)).sort();
  const mounts = names.map(async (name) => {
    const path = `/${name}`;
    const isLink = (await lstat(path)).isSymbolicLink();
    return isLink ? ["--symlink", await readlink(path), path] : ["--ro-bind", path, path];
  });
  return (await Promise.all(mounts)).flat();
}

function sessionMounts(directory: string): string[] {
  const config = join(directory, "config");
  return [
    ...["--ro-bind", config, "/session/config", "--bind", join(directory, "run"), "/session/run"],
    ...["--ro-bind", join(config, "passwd"), "/etc/passwd"],
    ...["--ro-bind", join(config, "group"), "/etc/group"],
  ];
}

/** A user that owns no process on this machine and is not in `taken`. @throws Error when there is none. */
export async function findFreeUid(taken: ReadonlySet<number>): Promise<number> {
  const owners = await ownersOfProcesses();
  // `taken` is looked at last: it may have grown while we waited.
  const busy = new Set([...owners, ...taken]);
  const count = LAST_UID - FIRST_UID;
  // Another server on this machine may be looking too: starting anywhere keeps them apart.
  const start = Math.floor(Math.random() * count);
  for (let step = 0; step < count; step += 1) {
    const uid = FIRST_UID + ((start + step) % count);
    if (!busy.has(uid)) return uid;
  }
  throw new Error("No user id is left for another session on this machine.");
}

async function ownersOfProcesses(): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const owners = pids.map((pid) =>
    stat(`/proc/${pid}`).then(
      ({ uid }) => uid,
      () => -1,
    ),
  );
  return Promise.all(owners);
}

/**
 * Ends whatever processes of a session are left, where no sandbox has taken them with it.
 * @param ownerUid who owns the session's directory
 */
export async function endLeftProcesses(sessionId: string, ownerUid: number): Promise<void> {
  const env = environment({});
  if (ownerUid >= FIRST_UID && ownerUid <= LAST_UID) {
    const command = [...asUser(ownerUid), "/bin/sh", "-c", END_OWN_PROCESSES];
    // It kills itself with the rest, which counts as a failure.
    await run("setpriv", command, { env }).catch(() => undefined);
  } else {
    await run("/bin/sh", ["-c", END_MARKED_PROCESSES, "end", sessionId], { env });
  }
}
