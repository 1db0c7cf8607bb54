// @ts-check
import { mustRun, run } from "./run.mjs";
import { SetupError, step, warn } from "./progress.mjs";

/** What a desktop session is made of. */
export const DESKTOP_PACKAGES = [
  "tigervnc-standalone-server",
  "openbox",
  "xterm",
  "bubblewrap",
  "xfonts-base",
  "fonts-dejavu-core",
];

/** What the tests drive and measure the product with. */
export const TEST_PACKAGES = ["chromium", "ffmpeg", "redis-server", "xdotool"];

const APT_ENVIRONMENT = {
  DEBIAN_FRONTEND: "noninteractive",
  // Packages such as redis-server start a service when they are installed, except in this run level.
  RUNLEVEL: "1",
};

/**
 * Installs the packages that are missing, where that is possible without asking anybody.
 * @param {readonly string[]} wanted
 * @param {string} purpose  what does not work without them, as in "… will not be available"
 * @returns {Promise<readonly string[]>} what is still missing
 */
export async function installDebianPackages(wanted, purpose) {
  const missing = await missingPackages(wanted);
  if (missing.length === 0) return [];
  const command = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  const prefix = await administratorPrefix();
  if (prefix === undefined) {
    warn(`${purpose} will not be available until an administrator runs: sudo ${command}`);
    return missing;
  }
  try {
    await step(`Installing system packages: ${missing.join(" ")}`, () => install(prefix, command));
    return [];
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(`${error.message}\n! ${purpose} will not be available. ${error.remedy}`);
    return await missingPackages(wanted);
  }
}

/** @param {readonly string[]} wanted */
async function missingPackages(wanted) {
  const { output } = await run("dpkg-query", [
    "-W",
    "-f=${Package} ${db:Status-Status}\n",
    ...wanted,
  ]);
  const installed = new Set(output.split("\n").filter((line) => line.endsWith(" installed")));
  return wanted.filter((name) => !installed.has(`${name} installed`));
}

/**
 * What to put before a command to run it as root: nothing, `sudo -n`, or undefined where neither works.
 * @returns {Promise<readonly string[] | undefined>}
 */
async function administratorPrefix() {
  if ((await run("apt-get", ["--version"])).code !== 0) return undefined;
  if (process.getuid?.() === 0) return [];
  return (await run("sudo", ["-n", "true"])).code === 0
    ? ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND,RUNLEVEL"]
    : undefined;
}

/**
 * @param {readonly string[]} prefix
 * @param {string} command
 */
async function install(prefix, command) {
  const settings = {
    environment: APT_ENVIRONMENT,
    remedy: `Look at what apt-get said, then run: sudo ${command}`,
  };
  const lock = ["-o", "DPkg::Lock::Timeout=120"];
  for (const line of ["apt-get update", command]) {
    const [program = "", ...options] = [...prefix, ...line.split(" "), ...lock];
    await mustRun(program, options, settings);
  }
}
