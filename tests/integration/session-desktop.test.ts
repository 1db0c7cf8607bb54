import { type ChildProcess, fork } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { createLogger } from "@/lib/logging/logger";
import { type Isolation, probeIsolation } from "@/lib/providers/local/isolation";
import { createLocalSessionProvider } from "@/lib/providers/local/local-session-provider";
import type { SessionProvider } from "@/lib/providers/session-provider";
import { canRunDesktops } from "../support/desktop-requirements";
import { countTcpListeners, descendantsOf, isRunning, pidsOfCommand } from "../support/processes";
import { changedPixels, type Picture, pixelsOf, RfbClient } from "../support/rfb-client";
import { useOwnTemporaryDirectory } from "../support/session-scene";
import { desktopSpec } from "../support/session-specs";

const isRoot = process.getuid?.() === 0;
afterAll(useOwnTemporaryDirectory());
const base = join(tmpdir(), `sortie-${process.getuid?.() ?? 0}`);
const log = createLogger("silent", "test");
const strongest = await probeIsolation();
/** Every isolation that can be tried as this user on this machine. */
const isolations: Isolation[] = [
  ...(strongest.sandboxed ? [strongest] : []),
  ...(isRoot ? [{ sandboxed: false, ownUser: true }] : []),
  { sandboxed: false, ownUser: false },
];
const WAIT = { timeout: 20_000 };
/** The terminal's colours. */
const [TERMINAL, CURSOR, RED] = [0x12161d, 0x7aa2f7, 0xf7768e];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newProvider(isolation?: Isolation): SessionProvider {
  const surroundings = { instanceId: randomUUID(), log };
  const provider = isolation
    ? createLocalSessionProvider(surroundings, () => Promise.resolve(isolation))
    : createLocalSessionProvider(surroundings);
  cleanups.push(() => provider.close());
  return provider;
}

async function startDesktop(provider: SessionProvider) {
  const sessionId = randomUUID();
  const { ref } = await provider.start(desktopSpec(sessionId));
  const screen = await RfbClient.connect(
    await provider.connectDesktop(ref),
    provider.desktopPassword(ref),
  );
  await screen.untilPicture(hasTerminal);
  return { sessionId, ref, screen };
}

/** A terminal with the keyboard's focus: then its cursor is a filled block. */
function hasTerminal(picture: Picture): boolean {
  return pixelsOf(picture, TERMINAL) > 100_000 && pixelsOf(picture, CURSOR) > 150;
}

/** Types a command that fills the terminal with a colour once it succeeds. */
async function runs(screen: RfbClient, command: string): Promise<void> {
  // Colour 1 of the terminal, written so that the typed line itself does not show it.
  screen.type(`${command} && printf '\\033[41m\\033[2J'\n`);
  await screen.untilPicture((picture) => pixelsOf(picture, RED) > 50_000);
}

describe.skipIf(!canRunDesktops)("a desktop", () => {
  test("shows a terminal in the size that was asked for, takes typing and shows its outcome", async () => {
    const { screen } = await startDesktop(newProvider());
    expect([screen.width, screen.height]).toEqual([800, 600]);
    const before = await screen.picture();
    screen.type("seq 1 40\n");
    await screen.untilPicture((picture) => changedPixels(before, picture) > 2_000);
  });

  test("opens a new terminal when its user closes the last one", async () => {
    const { screen } = await startDesktop(newProvider());
    screen.type("exit\n");
    await screen.untilPicture((picture) => pixelsOf(picture, TERMINAL) < 1_000);
    await screen.untilPicture(hasTerminal);
  });

  test("lets nobody in without its password", async () => {
    const provider = newProvider();
    const { ref } = await startDesktop(provider);
    await expect(RfbClient.connect(await provider.connectDesktop(ref), "12345678")).rejects.toThrow(
      "the password is wrong",
    );
  });

  test("can be reached through its socket alone, which belongs to its user", async () => {
    const provider = newProvider();
    const earlier = new Set(descendantsOf(process.pid));
    const { sessionId } = await startDesktop(provider);
    const [instance = ""] = readdirSync(base).filter((name) =>
      existsSync(join(base, name, sessionId)),
    );
    const socket = statSync(join(base, instance, sessionId, "run", "rfb"));
    expect((socket.mode & 0o777).toString(8)).toBe("600");
    if (isRoot) expect(socket.uid).not.toBe(0);
    const processes = descendantsOf(process.pid).filter((pid) => !earlier.has(pid));
    expect(processes.map(countTcpListeners).filter((count) => count > 0)).toEqual([]);
  });

  test("leaves no process and no file behind when it is stopped", async () => {
    const provider = newProvider();
    const earlier = new Set(descendantsOf(process.pid));
    const { sessionId, ref, screen } = await startDesktop(provider);
    await runs(screen, "(setsid nohup sleep 1000 >/dev/null 2>&1 &)");
    const processes = descendantsOf(process.pid).filter((pid) => !earlier.has(pid));
    expect(processes.length).toBeGreaterThan(5);
    await provider.stop(ref);
    await vi.waitFor(() => expect(processes.filter(isRunning)).toEqual([]), WAIT);
    expect(readdirSync(base).some((name) => existsSync(join(base, name, sessionId)))).toBe(false);
    expect(await provider.isAlive(ref)).toBe(false);
    await expect(provider.connectDesktop(ref)).rejects.toMatchObject({
      code: "session_not_running",
    });
    await provider.stop(ref);
  });

  test("is reported when it ends by itself", async () => {
    const provider = newProvider();
    const exited = new Promise<string>((resolve) => provider.onExit(resolve));
    const earlier = new Set(descendantsOf(process.pid));
    const { sessionId, ref } = await startDesktop(provider);
    const processes = descendantsOf(process.pid).filter((pid) => !earlier.has(pid));
    process.kill(processes[0]!, "SIGKILL");
    expect(await exited).toBe(sessionId);
    expect(await provider.isAlive(ref)).toBe(false);
    expect(await provider.heldSessions()).toEqual([]);
    await vi.waitFor(() => expect(processes.filter(isRunning)).toEqual([]), WAIT);
  });

  test("of a server that is closing does not start", async () => {
    const provider = newProvider();
    const starting = provider.start(desktopSpec(randomUUID()));
    await provider.close();
    await expect(starting).rejects.toMatchObject({ code: "app_unavailable" });
  });

  test.skipIf(!strongest.sandboxed)(
    "sees a read-only system, no network, no other process and none of the server's environment",
    async () => {
      const { screen } = await startDesktop(newProvider());
      await runs(
        screen,
        [
          "! touch /usr/x /etc/x /x 2>/dev/null",
          "! ls /root 2>/dev/null",
          "[ $(ls /home) = user ]",
          "[ $(ls /sys 2>/dev/null | wc -l) = 0 ]",
          "[ $(grep -c : /proc/net/dev) = 1 ]",
          "[ $(ls -d /proc/[0-9]* | wc -l) -lt 30 ]",
          "! env | grep -qE 'DATABASE|NEXTAUTH|PGPASS|VITEST'",
          "touch ~/x /tmp/x",
          "[ $(id -un) = user ]",
        ].join(" && "),
      );
    },
  );
});

describe.skipIf(!canRunDesktops).each(isolations)(
  "with %o, a server that is killed",
  (isolation) => {
    test("takes its desktops along, also what they put in the background, and leaves only files for the next one to remove", async () => {
      const [instanceId, sessionId] = [randomUUID(), randomUUID()];
      const child = forkProvider(instanceId, sessionId, isolation);
      const password = await passwordOf(child);
      const directory = join(base, instanceId, sessionId);
      const screen = await RfbClient.connect(connect(join(directory, "run", "rfb")), password);
      await screen.untilPicture(hasTerminal);
      const seconds = String(randomInt(100_000, 1_000_000));
      await runs(screen, `(setsid nohup sleep ${seconds} >/dev/null 2>&1 &)`);
      const background = await vi.waitFor(() => {
        const pids = pidsOfCommand("sleep", seconds);
        expect(pids).toHaveLength(1);
        return pids;
      }, WAIT);
      const processes = [...descendantsOf(child.pid!), ...background];
      expect(processes.length).toBeGreaterThan(5);
      child.kill("SIGKILL");
      await vi.waitFor(() => expect(processes.filter(isRunning)).toEqual([]), WAIT);

      expect(existsSync(directory)).toBe(true);
      const next = newProvider();
      expect(await next.clearLeftovers()).toContain(instanceId);
      expect(existsSync(join(base, instanceId))).toBe(false);
      expect(await next.clearLeftovers()).not.toContain(instanceId);
    });
  },
);

test.skipIf(!canRunDesktops)("what a living server has is not taken for leftovers", async () => {
  const provider = newProvider();
  const { ref } = await startDesktop(provider);
  await newProvider().clearLeftovers();
  expect(await provider.isAlive(ref)).toBe(true);
  await startDesktop(provider);
});

function forkProvider(instanceId: string, sessionId: string, isolation: Isolation): ChildProcess {
  const child = fork(
    fileURLToPath(new URL("../support/provider-child.ts", import.meta.url)),
    [instanceId, sessionId, JSON.stringify(isolation)],
    { execArgv: ["--import", "tsx"], stdio: ["ignore", "ignore", "inherit", "ipc"] },
  );
  cleanups.push(() => child.kill("SIGKILL"));
  return child;
}

function passwordOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("message", (message) => resolve((message as { password: string }).password));
    child.once("exit", () => reject(new Error("the child ended")));
  });
}
