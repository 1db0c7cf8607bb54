// @ts-check
import { SetupError } from "./progress.mjs";

const REQUIRED = [20, 19];

/** @throws {SetupError} when this Node is too old. */
export function checkNodeVersion(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [requiredMajor = 0, requiredMinor = 0] = REQUIRED;
  if (major > requiredMajor || (major === requiredMajor && minor >= requiredMinor)) return;
  throw new SetupError(
    `This is Node ${version}; Sortie needs ${REQUIRED.join(".")} or later.`,
    "Install a current Node from https://nodejs.org and start again.",
  );
}
