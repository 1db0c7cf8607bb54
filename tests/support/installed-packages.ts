import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { lstatSync, realpathSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Where dpkg keeps which files each package has. */
const LISTS = "/var/lib/dpkg/info";

/** What nobody needs in a container that lives for a test. */
const NOT_NEEDED = /^\/usr\/(share\/(doc|man|locale|icons|info|lintian)|lib\/[^/]+\/dri|include)\//;
const NOT_NEEDED_LIBRARY = /\/lib(LLVM|clang|z3)[^/]*$/;

/**
 * Writes a root file system with these Debian packages and all they depend on, as they are installed on this machine, as
 * a tar file: seconds, where downloading and installing them would take minutes.
 */
export async function archiveInstalledPackages(
  packages: readonly string[],
  path: string,
): Promise<void> {
  const closure = await dependenciesOf(["base-files", "dash", "bash", "coreutils", ...packages]);
  const files = await filesOf(closure);
  const tar = spawn(
    "tar",
    ["--create", `--file=${path}`, "--directory=/", "--no-recursion", "--null", "--files-from=-"],
    { stdio: ["pipe", "ignore", "inherit"] },
  );
  tar.stdin.end(files.map((file) => `.${file}\0`).join(""));
  const [code] = (await once(tar, "exit")) as [number | null];
  if (code !== 0) throw new Error(`tar ended with ${code}`);
}

async function dependenciesOf(packages: readonly string[]): Promise<readonly string[]> {
  const kinds = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"];
  const options = [...kinds.map((kind) => `--no-${kind}`), "--recurse", "--installed"];
  const { stdout } = await run("apt-cache", ["depends", ...options, ...packages]);
  return [...new Set(stdout.split("\n").filter((line) => /^[a-z0-9]/.test(line)))];
}

/** Of links such as /bin the places they lead to, and the links themselves. */
async function filesOf(packages: readonly string[]): Promise<readonly string[]> {
  const wantedPackages = new Set(packages);
  const lists = (await readdir(LISTS)).filter((name) => {
    // Such as `bash.list`, or `libc6:amd64.list`.
    const [, owner = ""] = /^([^:]+?)(?::[^.]+)?\.list$/.exec(name) ?? [];
    return wantedPackages.has(owner);
  });
  const texts = await Promise.all(lists.map((name) => readFile(join(LISTS, name), "utf8")));
  const listed = texts.flatMap((text) => text.split("\n"));
  const wanted = listed.filter(
    (file) => file.startsWith("/") && !NOT_NEEDED.test(file) && !NOT_NEEDED_LIBRARY.test(file),
  );
  const links = ["/bin", "/sbin", "/lib", "/lib64"];
  const made = ["/etc/passwd", "/etc/group", "/etc/ld.so.cache", "/etc/alternatives"];
  const places = [...wanted, ...links, ...made].map(placeOf).filter((place) => place !== null);
  return [...new Set(places)];
}

/** The same file by a path without links; null when it is not there, as what a package has moved away. */
function placeOf(file: string): string | null {
  try {
    const place = join(realpathSync(dirname(file)), basename(file));
    lstatSync(place);
    return place;
  } catch {
    return null;
  }
}
