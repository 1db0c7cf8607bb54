import type { Container } from "dockerode";
import { isAlreadySo, isNotFound } from "./docker-engine";

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
