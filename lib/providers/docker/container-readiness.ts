import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Container } from "dockerode";
import { assertNever } from "@/lib/errors/assert-never";
import { beginsWith, RFB_GREETING } from "../first-words";
import type { SessionSpec } from "../session-provider";
import { addressOf, connectTo } from "./container-address";
import { portOf } from "./container-options";

const TRY_EVERY_MS = 50;

/** Resolves when a session that was started can be used. @throws Error when it ends before that, or `signal` aborts */
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
    if (!found.State.Running) throw new Error("The container ended while it started.");
    if (port === null) return;
    const address = addressOf(found, port, network);
    const stream = address && (await connectTo(address).catch(() => null));
    if (stream !== null && (await answers(spec.kind, stream, signal))) return;
    await pause(TRY_EVERY_MS, undefined, { signal });
  }
}

async function answers(
  kind: SessionSpec["kind"],
  stream: Duplex,
  signal: AbortSignal,
): Promise<boolean> {
  switch (kind) {
    case "desktop":
      return beginsWith(stream, RFB_GREETING, signal);
    case "web":
      // Whatever it answers.
      stream.write("HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return beginsWith(stream, "HTTP/1.", signal);
    case "terminal":
      return true;
    default:
      return assertNever(kind);
  }
}
