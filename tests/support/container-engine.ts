import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, statfs, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { vi } from "vitest";
import { archiveInstalledPackages } from "./installed-packages";
import { requireCommand } from "./requirements";

const run = promisify(execFile);

const DESKTOP_SOURCE = "helm/images/desktop";
/** Linux's number of a file system that takes no other of its kind on top (statfs(2)). */
const OVERLAY_FS = 0x794c7630;
/** With what the tests do in its terminals. */
const PACKAGES = [
  ...["tigervnc-standalone-server", "tigervnc-tools", "openbox", "xterm", "xfonts-base"],
  ...["fonts-dejavu-core", "procps", "grep", "sed", "python3"],
];

/** A container engine of a test file's own, with the product's desktop image. */
export interface ContainerEngine {
  readonly socketPath: string;
  readonly desktopImage: string;
  /** Runs the engine's command line. */
  readonly command: (...words: string[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

/**
 * Starts Podman, and builds the desktop image where a run before has not. Null on a machine that cannot run containers,
 * as one without user namespaces or control groups of its own: it says why, and in CI it throws.
 */
export async function startContainerEngine(): Promise<ContainerEngine | null> {
  const needed = ["podman", "runc", "iptables", "Xtigervnc", "tigervncpasswd", "openbox", "xterm"];
  if (needed.some((name) => requireCommand(name) === null)) return null;
  const directory = await mkdtemp(join(tmpdir(), "sortie-podman-"));
  const kept = await keptImages();
  // On the same file system.
  const graphroot = await mkdtemp(`${kept}-of-`);
  const environment = await writeConfiguration(join(directory, "own"), { graphroot, images: kept });
  const podman = podmanIn(environment);
  const remove = async () => {
    for (const path of [graphroot, directory]) await rm(path, { recursive: true, force: true });
  };
  try {
    const builder = await writeConfiguration(join(directory, "builder"), { graphroot: kept });
    const desktopImage = await buildDesktop(podmanIn(builder), directory);
    await podman("run", "--rm", "--entrypoint=true", desktopImage);
    const socketPath = join(directory, "engine.sock");
    const service = spawn("podman", ["system", "service", "--time=0", `unix://${socketPath}`], {
      env: { ...process.env, ...environment },
      // Some engines leave a note of a container that ran out of memory where they are.
      cwd: directory,
      stdio: "ignore",
    });
    await vi.waitUntil(() => existsSync(socketPath), { timeout: 10_000 });
    const close = async () => {
      const ended = once(service, "exit");
      service.kill();
      await ended;
      // The last to use the store: it takes its mounts away.
      await podman("rm", "--all", "--force", "--time=0");
      await remove();
    };
    return { socketPath, desktopImage, command: podman, close };
  } catch (error) {
    await remove();
    if (process.env["CI"]) throw error;
    process.stdout.write(`! containers cannot run here: ${String(error)}\n`);
    return null;
  }
}

/** Where images are kept for the next run. */
async function keptImages(): Promise<string> {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const images = join(cache, "sortie-tests", "containers");
  await mkdir(images, { recursive: true });
  return images;
}

function podmanIn(environment: Readonly<Record<string, string>>): Podman {
  return async (...words) =>
    (await run("podman", words, { env: { ...process.env, ...environment } })).stdout.trim();
}

interface Store {
  /** Where containers and new images go. */
  readonly graphroot: string;
  /** Where other images are read from. */
  readonly images?: string;
}

/**
 * What makes Debian's Podman run as root in a container or a small virtual machine: limits that may be lowered only are
 * not raised, and control groups are written without systemd. Registries of this machine speak plain HTTP.
 */
async function writeConfiguration(
  directory: string,
  { graphroot, images }: Store,
): Promise<Record<string, string>> {
  await mkdir(directory, { recursive: true });
  const fileSystem = await statfs(graphroot);
  const engine = join(directory, "containers.conf");
  const storage = join(directory, "storage.conf");
  const registries = join(directory, "registries.conf");
  await writeFile(
    engine,
    `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
tmp_dir = "${join(directory, "engine")}"
`,
  );
  await writeFile(
    storage,
    `[storage]
driver = "${fileSystem.type === OVERLAY_FS ? "vfs" : "overlay"}"
graphroot = "${graphroot}"
runroot = "${join(directory, "run")}"
[storage.options]
additionalimagestores = ${JSON.stringify(images === undefined ? [] : [images])}
`,
  );
  await writeFile(
    registries,
    `[[registry]]
location = "127.0.0.1"
insecure = true
`,
  );
  return {
    CONTAINERS_CONF: engine,
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_REGISTRIES_CONF: registries,
  };
}

type Podman = ContainerEngine["command"];

/** The image is named by all it is made from: one that is there already is the same. */
async function buildDesktop(podman: Podman, directory: string): Promise<string> {
  const hash = createHash("sha256");
  for (const name of ["Dockerfile", "desktop.sh"]) {
    hash.update(await readFile(join(DESKTOP_SOURCE, name)));
  }
  hash.update((await run("dpkg-query", ["-W", ...PACKAGES])).stdout);
  const tag = hash.digest("hex").slice(0, 16);
  const image = `localhost/sortie-desktop:${tag}`;
  const isThere = await podman("image", "exists", image).then(
    () => true,
    () => false,
  );
  if (isThere) return image;
  const base = `localhost/sortie-desktop-base:${tag}`;
  const archive = join(directory, "base.tar");
  await archiveInstalledPackages(PACKAGES, archive);
  await podman("import", "--quiet", archive, base);
  await rm(archive);
  await podman("build", "--quiet", `--build-arg=BASE=${base}`, `--tag=${image}`, DESKTOP_SOURCE);
  return image;
}
