// @ts-check
import { run } from "./run.mjs";
import { SetupError, step, warn } from "./progress.mjs";

/** Without these there is no desktop at all. */
const DESKTOP_NEEDS = ["tigervnc-standalone-server", "openbox", "xterm"];

/** What a desktop session is made of. */
export const DESKTOP_PACKAGES = [
  ...DESKTOP_NEEDS,
  "bubblewrap",
  // Leads into the sandboxes of web apps.
  "socat",
  "xfonts-base",
  "fonts-dejavu-core",
];

/** What the tests drive and measure the product with. */
export const TEST_PACKAGES = [
  "chromium",
  "ffmpeg",
  "redis-server",
  "xdotool",
  // Sets a process's clock wrong.
  "libfaketime",
  // An S3 server.
  "ceph-mon",
  "ceph-osd",
  "ceph-common",
  "radosgw",
  // What Helm is made of, to render the chart.
  "golang-go",
  "golang-github-masterminds-sprig-dev",
  "golang-github-xeipuuv-gojsonschema-dev",
  "golang-k8s-sigs-yaml-dev",
  // Evaluates alerts.
  "prometheus",
  // A container engine, and what makes the password of a desktop in one.
  "podman",
  "runc",
  "netavark",
  "iptables",
  "tigervnc-tools",
];

const APT_ENVIRONMENT = {
  DEBIAN_FRONTEND: "noninteractive",
  // Packages such as redis-server start a service when they are installed, except in this run level.
  RUNLEVEL: "1",
};

/** Waits for another apt-get, but not for ever for a mirror that does not answer. */
const APT_LIMITS = [
  "DPkg::Lock::Timeout=120",
  "Acquire::Retries=1",
  "Acquire::http::Timeout=20",
  "Acquire::https::Timeout=20",
].flatMap((setting) => ["-o", setting]);

const SHOWN_LINES = 12;

/**
 * What a person notices of desktop packages that are missing, as a sentence.
 * @param {readonly string[]} missing
 */
export function desktopsWithout(missing) {
  if (missing.some((name) => DESKTOP_NEEDS.includes(name))) {
    return "Desktop sessions are not available.";
  }
  if (missing.includes("bubblewrap")) return "Desktop sessions run without a sandbox.";
  return missing.includes("socat") ? "Web apps are not available." : "Desktop sessions lack fonts.";
}

/**
 * Installs the packages that are missing, where that is possible without asking anybody. What cannot be had is
 * said, with what that means and the command that mends it; nothing is given up for it.
 * @param {readonly string[]} wanted
 * @param {(missing: readonly string[]) => string} consequence
 * @returns {Promise<readonly string[]>} what is still missing
 */
export async function installDebianPackages(wanted, consequence) {
  const missing = await missingPackages(wanted);
  if (missing.length === 0) return [];
  const prefix = await administratorPrefix();
  if (prefix !== undefined) await tryToInstall(prefix, missing);
  const left = await missingPackages(wanted);
  if (left.length > 0) {
    const command = await commandFor(left);
    warn(
      `System packages are missing: ${left.join(" ")}\n  ${consequence(left)} To install them, run\n  ${command}`,
    );
  }
  return left;
}

/**
 * @param {readonly string[]} prefix
 * @param {readonly string[]} names
 */
async function tryToInstall(prefix, names) {
  try {
    await step(`Installing system packages: ${names.join(" ")}`, () => install(prefix, names));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    warn(error.message);
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
  if (isRoot()) return [];
  return (await run("sudo", ["-n", "true"])).code === 0
    ? ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND,RUNLEVEL"]
    : undefined;
}

/**
 * Brings the lists up to date as far as they can be reached, then installs. A package that no list knows keeps
 * none of the others out: releases differ in what they have.
 * @param {readonly string[]} prefix
 * @param {readonly string[]} names
 * @throws {SetupError} with what apt-get said when not all could be installed
 */
async function install(prefix, names) {
  const apt = async (/** @type {readonly string[]} */ ...options) => {
    const [program = "", ...rest] = [...prefix, "apt-get", ...options, ...APT_LIMITS];
    return await run(program, rest, APT_ENVIRONMENT);
  };
  // Fails where one source of many is down, and not always where all are: what counts is the installation.
  const outputs = [(await apt("update")).output];
  const add = async (/** @type {readonly string[]} */ some) => {
    const { code, output } = await apt("install", "-y", "--no-install-recommends", ...some);
    outputs.push(output);
    return { succeeded: code === 0, known: some.filter((name) => !isUnknown(name, output)) };
  };
  const { succeeded, known } = await add(names);
  if (succeeded) return;
  if (known.length > 0 && known.length < names.length) await add(known);
  throw new SetupError(`apt-get could not install them all:\n${troubles(outputs)}`, "");
}

/**
 * @param {string} name
 * @param {string} output  of apt-get
 */
function isUnknown(name, output) {
  return (
    output.includes(`Unable to locate package ${name}\n`) ||
    output.includes(`Package '${name}' has no installation candidate`)
  );
}

/**
 * apt-get's errors and warnings, or its last words where it named none.
 * @param {readonly string[]} outputs
 */
function troubles(outputs) {
  const lines = outputs.flatMap((output) => output.trimEnd().split("\n"));
  const named = [...new Set(lines.filter((line) => /^(E|W|Err)\b/.test(line)))];
  return (named.length > 0 ? named : lines)
    .slice(-SHOWN_LINES)
    .map((line) => `  ${line}`)
    .join("\n");
}

/**
 * A line to paste. A fresh machine has no package lists yet, so it fetches them first.
 * @param {readonly string[]} names
 */
async function commandFor(names) {
  const install = `apt-get install -y --no-install-recommends ${names.join(" ")}`;
  if (isRoot()) return `apt-get update && ${install}`;
  const hasSudo = (await run("sudo", ["--version"])).code === 0;
  return hasSudo
    ? `sudo apt-get update && sudo ${install}`
    : `su -c "apt-get update && ${install}"`;
}

function isRoot() {
  return process.getuid?.() === 0;
}
