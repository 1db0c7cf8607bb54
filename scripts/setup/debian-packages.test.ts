import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { desktopsWithout, installDebianPackages } from "./debian-packages.mjs";

const WANTED = ["tigervnc-standalone-server", "bubblewrap"];
let bin: string;
let printed: string;

/** A machine with nothing on its path but a package database that is empty, and what a test adds. */
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), "sortie-debian-"));
  printed = "";
  await writeFile(join(bin, "installed"), "");
  await program("dpkg-query", `/bin/cat ${bin}/installed`);
  vi.stubEnv("PATH", bin);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(bin, { recursive: true });
});

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
}

/** An apt-get that installs what it is asked for, except packages that it does not know. */
async function aptGet({ unknown = "none", update = "" } = {}): Promise<void> {
  await program(
    "apt-get",
    `echo "$@" >>${bin}/calls
     [ "$1" != update ] || { ${update || ":"}; exit; }
     [ "$1" = install ] || exit 0
     case "$*" in *${unknown}*) echo "E: Unable to locate package ${unknown}"; exit 100;; esac
     for word; do case "$word" in tiger*|bubble*) echo "$word installed" >>${bin}/installed;; esac; done`,
  );
}

const asUser = (uid: number) => vi.spyOn(process, "getuid").mockReturnValue(uid);

test("root gets what is missing without being asked", async () => {
  asUser(0);
  await aptGet();
  expect(await installDebianPackages(WANTED, desktopsWithout)).toEqual([]);
  expect(printed).toContain("✓ Installing system packages: tigervnc-standalone-server bubblewrap");
  expect(await installDebianPackages(WANTED, desktopsWithout)).toEqual([]);
  expect((await readFile(join(bin, "calls"), "utf8")).match(/^install/gm)).toHaveLength(1);
});

test("who may install nothing is told what is missing, what that means and the whole command", async () => {
  asUser(1000);
  await aptGet();
  expect(await installDebianPackages(WANTED, desktopsWithout)).toEqual(WANTED);
  expect(printed).toBe(
    [
      "! System packages are missing: tigervnc-standalone-server bubblewrap",
      "  Desktop sessions are not available. To install them, run",
      '  su -c "apt-get update && apt-get install -y --no-install-recommends tigervnc-standalone-server bubblewrap"\n',
    ].join("\n"),
  );
});

test("who has to type a password for sudo gets the command with sudo", async () => {
  asUser(1000);
  await aptGet();
  await program("sudo", '[ "$1" = --version ]');
  await installDebianPackages(["bubblewrap"], desktopsWithout);
  expect(printed).toContain("Desktop sessions run without a sandbox.");
  expect(printed).toContain("sudo apt-get update && sudo apt-get install -y");
});

test("where no package can be reached, it is said with apt-get's own reasons, and nothing is thrown", async () => {
  asUser(0);
  await aptGet({
    update: "echo 'W: Failed to fetch http://deb.example: Could not resolve'",
    unknown: "tigervnc-standalone-server",
  });
  expect(await installDebianPackages(WANTED.slice(0, 1), desktopsWithout)).toEqual([
    "tigervnc-standalone-server",
  ]);
  expect(printed).toContain("✗ Installing system packages");
  expect(printed).toContain("Could not resolve");
  expect(printed).toContain("E: Unable to locate package tigervnc-standalone-server");
  expect(printed).toContain("  apt-get update && apt-get install -y");
});

test("a package that this release does not have keeps no other out", async () => {
  asUser(0);
  await aptGet({ unknown: "chromium" });
  expect(
    await installDebianPackages([...WANTED, "chromium"], () => "Some tests cannot run."),
  ).toEqual(["chromium"]);
  expect(printed).toContain("! System packages are missing: chromium\n  Some tests cannot run.");
});
