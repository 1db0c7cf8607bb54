import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import { z } from "zod";
import { hangUpCommand, markedCommand } from "../terminal-mark";
import type { TerminalSize, TerminalStream } from "../session-provider";
import { ChannelStream } from "./channel-stream";
import type { ClusterClient } from "./cluster-client";

/**
 * The remote command protocol, version 5: the only one whose end of input is told apart from the end
 * of the connection (Kubernetes enhancement 4006). API servers speak it since 1.30.
 */
export const EXEC_PROTOCOL = "v5.channel.k8s.io";
const STDIN = 0;
const STDOUT = 1;
const STATUS = 3;
const RESIZE = 4;
const CLOSE = 255;

/** What channel 3 says at the end. */
const statusSchema = z.object({
  status: z.enum(["Success", "Failure"]),
  reason: z.string().optional(),
  message: z.string().optional(),
  details: z
    .object({
      causes: z
        .array(z.object({ reason: z.string().optional(), message: z.string().optional() }))
        .optional(),
    })
    .optional(),
});

export interface ExecTarget {
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
}

/**
 * Runs a command in a container with a terminal of its own. Destroying its stream hangs up: a cluster
 * leaves running what has lost its viewer. @throws ApiRefusal, Error
 */
export async function execTerminal(
  client: ClusterClient,
  target: ExecTarget,
  size: TerminalSize,
): Promise<TerminalStream> {
  const mark = randomUUID();
  const command = markedCommand(mark, target.command);
  const webSocket = await openExec(client, { ...target, command }, TERMINAL_STREAMS);
  const exit = exitOf();
  const stream = new ChannelStream(webSocket, {
    writeTo: STDIN,
    receive: (channel, bytes) => {
      if (channel === STATUS) exit.take(bytes);
      return channel === STDOUT ? bytes : null;
    },
    farewell: Buffer.from([CLOSE, STDIN]),
    onClose: () => {
      exit.lost();
      if (exit.isKnown()) return;
      // Where this fails, so has the pod or the cluster.
      hangUp(client, target, mark).catch(() => undefined);
    },
  });
  const resize = ({ columns, rows }: TerminalSize) =>
    stream.send(RESIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  await resize(size);
  return { stream, resize, exited: exit.exited };
}

const TERMINAL_STREAMS = { stdin: "true", stdout: "true", tty: "true" };
const OUTPUT_ONLY = { stdout: "true" };

function openExec(
  client: ClusterClient,
  { pod, container, command }: ExecTarget,
  streams: Readonly<Record<string, string>>,
): Promise<WebSocket> {
  const query = new URLSearchParams({ container, ...streams });
  for (const word of command) query.append("command", word);
  return client.openStream(`${pod}/exec`, query, EXEC_PROTOCOL);
}

async function hangUp(client: ClusterClient, target: ExecTarget, mark: string): Promise<void> {
  const command = hangUpCommand(mark);
  const webSocket = await openExec(client, { ...target, command }, OUTPUT_ONLY);
  webSocket.on("error", () => undefined);
  // It says nothing but its end, after which the server closes.
  webSocket.resume();
}

/** How a command ended, out of what channel 3 says. */
function exitOf() {
  let settle: ExitSettler | undefined;
  let isKnown = false;
  const exited = new Promise<{ code: number }>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Who opens a terminal need not care how it ends.
  exited.catch(() => undefined);
  return {
    exited,
    isKnown: () => isKnown,
    take: (bytes: Buffer) => {
      if (bytes.length === 0 || settle === undefined) return;
      isKnown = true;
      settleExit(settle, bytes);
    },
    lost: () => settle?.reject(new Error("The connection to the pod ended before its command.")),
  };
}

interface ExitSettler {
  readonly resolve: (exit: { code: number }) => void;
  readonly reject: (error: Error) => void;
}

function settleExit({ resolve, reject }: ExitSettler, bytes: Buffer): void {
  try {
    resolve({ code: exitCodeOf(bytes) });
  } catch (error) {
    reject(error instanceof Error ? error : new Error(String(error)));
  }
}

/**
 * The exit code out of the Status object on channel 3: 0 for Success, the cause `ExitCode` for the
 * reason `NonZeroExitCode`. @throws Error in the server's words, where the command could not be run
 */
export function exitCodeOf(bytes: Buffer): number {
  const { status, reason, message, details } = statusSchema.parse(JSON.parse(bytes.toString()));
  if (status === "Success") return 0;
  const code = details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  if (reason === "NonZeroExitCode" && code !== undefined && /^\d+$/.test(code)) return Number(code);
  throw new Error(message ?? "The command could not be run.");
}
