import { access, constants } from "node:fs/promises";
import { join } from "node:path";
import type { Availability } from "../session-provider";

const PACKAGE_BY_PROGRAM: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  desktop: {
    Xtigervnc: "tigervnc-standalone-server",
    openbox: "openbox",
    xterm: "xterm",
    setpriv: "util-linux",
  },
  web: { socat: "socat", setpriv: "util-linux" },
};
const PLURAL = { desktop: "Desktops", web: "Web apps" } as const;

type Kind = "desktop" | "web";

const FOLDERS = ["/usr/local/bin", "/usr/bin", "/bin"];

/** Whether the programs that sessions of a kind need are installed; if not, how to install them. */
export async function findRequiredPrograms(
  kind: Kind,
  folders: readonly string[] = FOLDERS,
): Promise<Availability> {
  const missing: string[] = [];
  for (const [program, packageName] of Object.entries(PACKAGE_BY_PROGRAM[kind])) {
    if (!(await isInstalled(program, folders))) missing.push(packageName);
  }
  if (missing.length === 0) return { available: true };
  const packages = missing.join(" ");
  return {
    available: false,
    // A fresh machine has no package lists yet, so they are fetched first.
    reason: `${PLURAL[kind]} need programs that are not installed on the server: ${missing.join(", ")}. Run “apt-get update && apt-get install -y ${packages}” there as root, then reload this page.`,
  };
}

async function isInstalled(program: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    const found = await access(join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
