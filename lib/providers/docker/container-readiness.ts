import { setTimeout as pause } from "node:timers/promises";
import type { Container } from "dockerode";
import { answers, portOf } from "../app-container";
import type { SessionSpec } from "../session-provider";
import { addressOf, connectTo } from "./container-address";
import { endOf } from "./container-end";
import { StartProblem } from "./start-problem";

const TRY_EVERY_MS = 50;

/** Resolves when a session that was started can be used. @throws StartProblem when it ends before that; when `signal` aborts */
export async function untilReady(
  spec: SessionSpec,
  container: Container,
  network: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const port = portOf(spec);
  for (;;) {
    signal.throwIfAborted();
    const found = await container.inspect();
    if (!found.State.Running) throw new StartProblem(endOf(found.State));
    if (port === null) return;
    const address = addressOf(found, port, network);
    const stream = address && (await connectTo(address).catch(() => null));
    if (stream !== null && (await answers(spec.kind, stream, signal))) return;
    await pause(TRY_EVERY_MS, undefined, { signal });
  }
}
