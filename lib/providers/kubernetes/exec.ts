import { z } from "zod";
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
const STDERR = 2;
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

/** Runs a command in a container with a terminal of its own. @throws ApiRefusal, Error */
export async function execTerminal(
  client: ClusterClient,
  { pod, container, command }: ExecTarget,
  size: TerminalSize,
): Promise<TerminalStream> {
  const query = new URLSearchParams({ container, stdin: "true", stdout: "true", tty: "true" });
  for (const word of command) query.append("command", word);
  const webSocket = await client.openStream(`${pod}/exec`, query, EXEC_PROTOCOL);
  let settle: ExitSettler | undefined;
  const exited = new Promise<{ code: number }>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Who opens a terminal need not care how it ends.
  exited.catch(() => undefined);
  const stream = new ChannelStream(webSocket, {
    writeTo: STDIN,
    receive: (channel, bytes) => {
      if (channel === STATUS && bytes.length > 0 && settle !== undefined) settleExit(settle, bytes);
      return channel === STDOUT || channel === STDERR ? bytes : null;
    },
    farewell: Buffer.from([CLOSE, STDIN]),
    onClose: () => settle?.reject(new Error("The connection to the pod ended before its command.")),
  });
  const resize = ({ columns, rows }: TerminalSize) =>
    stream.send(RESIZE, Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  await resize(size);
  return { stream, resize, exited };
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
