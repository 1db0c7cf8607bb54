import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import type { Container, Exec } from "dockerode";
import type { Logger } from "@/lib/logging/logger";
import type { TerminalSize, TerminalStream } from "../session-provider";
import { hangUpCommand, TERMINAL_MARK } from "../terminal-mark";
import { statusOf } from "./docker-engine";

/** An engine tells a command's end by closing its stream, and a little later its code. */
const CODE_WAIT_MS = 5_000;
const LOOK_EVERY_MS = 20;

/** Runs a command in a container on a terminal of its own. @throws what the engine throws */
export async function openExecTerminal(
  container: Container,
  command: readonly string[],
  size: TerminalSize,
  log: Logger,
): Promise<TerminalStream> {
  const mark = randomUUID();
  const exec = await container.exec({
    Cmd: [...command],
    Env: ["TERM=xterm-256color", `${TERMINAL_MARK}=${mark}`],
    Tty: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    ConsoleSize: [size.rows, size.columns],
  });
  const stream: Duplex = await exec.start({ hijack: true, stdin: true, Tty: true });
  // Whoever uses the stream hears of its end; an error before that must not end the process.
  stream.on("error", () => undefined);
  await untilResized(exec, size);
  const exited = codeOf(exec, stream);
  void exited.catch(() => undefined);
  stream.once("close", () => {
    hangUp(exec, container, mark).catch((err: unknown) => {
      log.debug({ err }, "a terminal could not be hung up");
    });
  });
  return {
    stream,
    exited,
    resize: async (newSize) => {
      if ((await exec.inspect()).Running) await resize(exec, newSize);
    },
  };
}

async function resize(exec: Exec, { rows, columns }: TerminalSize): Promise<void> {
  try {
    await exec.resize({ h: rows, w: columns });
  } catch (error) {
    // Podman's way to say that it is done.
    if (statusOf(error) !== 201) throw error;
  }
}

/** Its first size: not every engine takes that from the start, and none before the command runs. */
async function untilResized(exec: Exec, size: TerminalSize): Promise<void> {
  const deadline = Date.now() + CODE_WAIT_MS;
  for (;;) {
    try {
      await resize(exec, size);
      return;
    } catch (error) {
      const { Running, ExitCode } = await exec.inspect();
      // A command that is over needs no size.
      if (!Running && ExitCode !== null) return;
      if (Date.now() > deadline) throw error;
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function codeOf(exec: Exec, stream: Duplex): Promise<{ readonly code: number }> {
  await new Promise<void>((resolve) => {
    stream.once("end", resolve);
    stream.once("close", resolve);
  });
  const deadline = Date.now() + CODE_WAIT_MS;
  for (;;) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return { code: ExitCode };
    if (Date.now() > deadline) throw new Error("The terminal's command has not ended.");
    await pause(LOOK_EVERY_MS);
  }
}

async function hangUp(exec: Exec, container: Container, mark: string): Promise<void> {
  if (!(await exec.inspect()).Running) return;
  const killer = await container.exec({ Cmd: [...hangUpCommand(mark)] });
  await killer.start({ Detach: true });
}
