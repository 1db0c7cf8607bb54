import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type Docker from "dockerode";
import { z } from "zod";
import type { Logger } from "@/lib/logging/logger";
import { INSTALLATION_LABEL, SESSION_LABEL } from "../app-container";

export interface ContainerExit {
  readonly sessionId: string;
  readonly containerId: string;
  readonly exitCode: string;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

const exitSchema = z.object({
  Action: z.literal("die"),
  Actor: z.object({
    ID: z.string(),
    Attributes: z.object({ [SESSION_LABEL]: z.string(), exitCode: z.string().default("unknown") }),
  }),
});

/**
 * Follows the engine's events and tells of every container of this installation that ends, until `signal` aborts. What
 * ends while the engine is away is not told: whoever needs to know looks at what is held.
 */
export async function followExits(
  surroundings: {
    readonly engine: () => Docker;
    readonly installationId: () => Promise<string>;
    readonly log: Logger;
  },
  onExit: (exit: ContainerExit) => void,
  signal: AbortSignal,
): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!isOver(signal)) {
    try {
      const label = `${INSTALLATION_LABEL}=${await surroundings.installationId()}`;
      const events = await surroundings.engine().getEvents({
        filters: { type: ["container"], label: [label] },
        abortSignal: signal,
      });
      retryMs = FIRST_RETRY_MS;
      await tellExits(events, onExit, signal);
    } catch (err) {
      if (!isOver(signal))
        surroundings.log.debug({ err }, "the engine's events cannot be followed");
    }
    await pause(retryMs, undefined, { signal, ref: false }).catch(() => undefined);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }
}

async function tellExits(
  events: NodeJS.ReadableStream,
  onExit: (exit: ContainerExit) => void,
  signal: AbortSignal,
): Promise<void> {
  for await (const line of createInterface({ input: events, signal })) {
    const event = exitSchema.safeParse(parseJson(line));
    if (!event.success) continue;
    const { ID: containerId, Attributes } = event.data.Actor;
    const { [SESSION_LABEL]: sessionId, exitCode } = Attributes;
    onExit({ sessionId, containerId, exitCode });
  }
}

/** Asked afresh: it changes while others are waited for. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
