import type { Container, ContainerInspectInfo } from "dockerode";
import { isAlreadySo, isNotFound } from "./docker-engine";

/** What a shell would call the end by SIGKILL. */
const KILLED = 137;
const KEPT_LINES = 40;
const KEPT_OUTPUT_CHARS = 4_096;

/** Ends a container at once and removes it. Harmless when it is gone. @throws what the engine throws */
export async function removeContainer(container: Container): Promise<void> {
  // First, for some engines would ask it to end, and wait.
  await container.kill().catch(() => undefined);
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    if (!isNotFound(error) && !isAlreadySo(error)) throw error;
  }
}

/** Why a container is over, as a sentence for its user. */
export function endOf({ OOMKilled, ExitCode }: Pick<State, "OOMKilled" | "ExitCode">): string {
  if (OOMKilled) return "It used more memory than its limit and was killed.";
  // Not every engine finds out who killed it.
  if (ExitCode === KILLED)
    return "It was killed, most often because it used more memory than its limit.";
  return `It ended with code ${ExitCode}.`;
}

type State = ContainerInspectInfo["State"];

/** The same of a container that may be gone by now; null where that cannot be known any more. */
export async function findEnd(container: Container): Promise<string | null> {
  try {
    return endOf((await container.inspect()).State);
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** The last lines a container has written, for the log; empty where there are none to be had. */
export async function lastOutput(container: Container): Promise<string> {
  try {
    const bytes = await container.logs({ stdout: true, stderr: true, tail: KEPT_LINES });
    // The engine's frames begin with bytes that are no text.
    return bytes
      .toString("utf8")
      .replaceAll(/[^\P{Cc}\n]/gu, "")
      .slice(-KEPT_OUTPUT_CHARS);
  } catch {
    return "";
  }
}
