import { randomInt } from "node:crypto";
import type { Duplex } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import type { SessionSpec } from "@/lib/providers/session-provider";
import { podSpec, useCluster } from "../support/kubernetes/provider-scene";
import { pidsOfCommand } from "../support/processes";

const WAIT = { timeout: 10_000, interval: 10 };
const scene = useCluster();

describe("a terminal in a pod", () => {
  const SIZE = { columns: 90, rows: 30 };

  test("runs a shell of its own in its size, follows a new one, and ends with the shell's code", async () => {
    const provider = scene.newProvider();
    const ref = await scene.start(provider, podSpec("terminal"));
    const terminal = await provider.openTerminal(ref, SIZE);
    const { stream, exited } = terminal;
    const screen = watchOutput(stream);
    stream.write("stty size; echo $TERM\n");
    await screen.until("30 90");
    await screen.until("xterm-256color");
    await terminal.resize({ columns: 120, rows: 40 });
    stream.write("stty size\n");
    await screen.until("40 120");
    stream.write("exit 7\n");
    expect(await exited).toEqual({ code: 7 });
    await vi.waitFor(() => expect(stream.destroyed).toBe(true), WAIT);
  });

  test("speaks the exec protocol, version 5, byte for byte", async () => {
    const provider = scene.newProvider();
    const spec = { ...podSpec("terminal"), command: ["cat"] } as SessionSpec;
    const ref = await scene.start(provider, spec);
    const earlier = scene.cluster.streams.received.length;
    const { stream, exited } = await provider.openTerminal(ref, SIZE);
    const screen = watchOutput(stream);
    stream.write("word\n");
    await screen.until("word\r\nword\r\n");
    stream.end();
    expect(await exited).toEqual({ code: 0 });
    expect(scene.cluster.streams.received.slice(earlier)).toEqual([
      Buffer.from('\u0004{"Width":90,"Height":30}'),
      Buffer.from("\u0000word\n"),
      Buffer.from([255, 0]),
    ]);
  });

  test("runs its app's own command", async () => {
    const provider = scene.newProvider();
    const command = ["sh", "-c", 'printf "%s|" "$@"; exit 3', "sh", "two words", "$HOME"];
    const ref = await scene.start(provider, { ...podSpec("terminal"), command });
    const { stream, exited } = await provider.openTerminal(ref, SIZE);
    const screen = watchOutput(stream);
    expect(await exited).toEqual({ code: 3 });
    await screen.until("two words|$HOME|");
  });

  test("is hung up when its viewer goes: nothing of it goes on running", async () => {
    const provider = scene.newProvider();
    const ref = await scene.start(provider, podSpec("terminal"));
    const { stream, exited } = await provider.openTerminal(ref, SIZE);
    const screen = watchOutput(stream);
    const seconds = String(randomInt(100_000, 1_000_000));
    stream.write(`sleep ${seconds} & echo started; sleep ${seconds}\n`);
    await screen.until("started\r\n");
    await vi.waitFor(() => expect(pidsOfCommand("sleep", seconds)).toHaveLength(2), WAIT);
    stream.destroy();
    await expect(exited).rejects.toThrow("before its command");
    await vi.waitFor(() => expect(pidsOfCommand("sleep", seconds)).toEqual([]), WAIT);
  });

  test("holds back a program that writes faster than its viewer reads, and loses nothing", async () => {
    const provider = scene.newProvider();
    const ref = await scene.start(provider, podSpec("terminal"));
    const { stream } = await provider.openTerminal(ref, SIZE);
    // More than the network's own buffers take.
    const bytes = 32_000_000;
    stream.write(`stty -onlcr -echo; head -c ${bytes} /dev/zero | tr '\\0' x; echo; echo done\n`);
    let count = 0;
    let tail = "";
    const finished = new Promise<void>((resolve) => {
      stream.on("data", (data: Buffer) => {
        count += data.length;
        // The shell's prompt may come with it.
        tail = (tail + data.subarray(-500).toString()).slice(-500);
        if (tail.includes("x\ndone")) resolve();
      });
    });
    stream.pause();
    await vi.waitFor(() => expect(scene.cluster.streams.isHeldBack).toBe(true), WAIT);
    expect(stream.readableLength).toBeLessThan(1024 * 1024);
    stream.resume();
    await finished;
    expect(count).toBeGreaterThan(bytes);
  });

  test("is refused by a cluster that speaks only older protocols", async () => {
    const provider = scene.newProvider();
    const ref = await scene.start(provider, podSpec("terminal"));
    scene.cluster.streams.isOld = true;
    scene.afterwards(() => (scene.cluster.streams.isOld = false));
    await expect(provider.openTerminal(ref, SIZE)).rejects.toMatchObject({ code: "unavailable" });
  });
});

function watchOutput(stream: Duplex) {
  let output = "";
  stream.on("error", () => undefined);
  stream.on("data", (data: Buffer) => (output += data.toString()));
  return {
    until: (wanted: string) => vi.waitFor(() => expect(output).toContain(wanted), WAIT),
  };
}
