import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findRequiredPrograms } from "./required-programs";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sortie-programs-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(...programs: string[]): Promise<void> {
  for (const program of programs) {
    await writeFile(join(folder, program), "");
    await chmod(join(folder, program), 0o755);
  }
}

test("where programs are missing, the user is told which packages bring them and how", async () => {
  await install("openbox", "setpriv");
  expect(await findRequiredPrograms("desktop", [folder])).toEqual({
    available: false,
    reason:
      "Desktops need programs that are not installed on the server: tigervnc-standalone-server, xterm. Run “apt-get update && apt-get install -y tigervnc-standalone-server xterm” there as root, then reload this page.",
  });
});

test("a web app needs other programs than a desktop", async () => {
  await install("setpriv");
  const found = await findRequiredPrograms("web", [folder]);
  expect("reason" in found && found.reason).toContain("apt-get install -y socat");
});

test("where all are installed, desktops are available", async () => {
  await install("Xtigervnc", "openbox", "xterm", "setpriv");
  expect(await findRequiredPrograms("desktop", [folder])).toEqual({ available: true });
});
