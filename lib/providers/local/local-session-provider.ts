import type { Duplex } from "node:stream";
import { z } from "zod";
import { freePort } from "@/lib/db/embedded/free-port";
import { AppError } from "@/lib/errors/app-error";
import { newVncPassword } from "../vnc-password";
import type { ProviderSurroundings } from "../create-session-provider";
import type {
  AppSpec,
  Availability,
  ExitListener,
  HeldSession,
  ProviderRef,
  SessionProvider,
  SessionSpec,
  StartedSession,
  TerminalStream,
} from "../session-provider";
import { DESKTOP_SOCKET, desktopScript } from "./desktop-script";
import { findFreeUid, type Isolation, probeIsolation } from "./isolation";
import { findRequiredPrograms } from "./required-programs";
import { SessionDirectories } from "./session-directories";
import { desktopFiles, writeSessionFiles } from "./session-files";
import {
  RFB_GREETING,
  SessionProcess,
  type SessionProgram,
  START_TIMEOUT_MS,
} from "./session-process";
import { WEB_SOCKET, webScript } from "./web-script";

const refSchema = z.object({ session_id: z.string() });

const refOf = (sessionId: string): ProviderRef => ({ session_id: sessionId });

const NO_TERMINALS =
  "This server runs desktops and web apps only: terminals need containers (SORTIE_SESSION_PROVIDER).";
const NO_COMMAND =
  "This web app names no command, so it needs containers (SORTIE_SESSION_PROVIDER). Ask an administrator.";

type LocalSurroundings = Pick<ProviderSurroundings, "instanceId" | "log">;
type LocalSpec = Exclude<SessionSpec, { kind: "terminal" }>;

/** Runs desktops and web apps as child processes of this server, as strongly isolated as `probe` finds possible. */
export function createLocalSessionProvider(
  surroundings: LocalSurroundings,
  probe: () => Promise<Isolation> = probeIsolation,
): SessionProvider {
  return new LocalSessionProvider(surroundings, probe);
}

class LocalSessionProvider implements SessionProvider {
  readonly name = "local";
  readonly isTiedToProcess = true;
  readonly startTimeoutMs = START_TIMEOUT_MS;
  readonly #sessions = new Map<string, SessionProcess>();
  readonly #uids = new Set<number>();
  readonly #listeners = new Set<ExitListener>();
  readonly #directories: SessionDirectories;
  #isolation: Promise<Isolation> | undefined;
  #closed = false;

  constructor(
    private readonly surroundings: LocalSurroundings,
    private readonly probe: () => Promise<Isolation>,
  ) {
    this.#directories = new SessionDirectories(surroundings.instanceId);
  }

  async availability(app: AppSpec): Promise<Availability> {
    if (app.kind === "terminal") return { available: false, reason: NO_TERMINALS };
    if (app.kind === "web" && app.command === undefined) {
      return { available: false, reason: NO_COMMAND };
    }
    return findRequiredPrograms(app.kind);
  }

  async start(spec: SessionSpec): Promise<StartedSession> {
    if (spec.kind === "terminal") throw noTerminals();
    const desktop = await this.#spawn(spec).catch((error: unknown) => {
      throw this.#cannotStart(spec, error, "");
    });
    this.#sessions.set(spec.sessionId, desktop);
    void desktop.exited.then(() => this.#exited(desktop));
    try {
      await desktop.untilReady();
      if (this.#closed) throw new Error("The server is stopping.");
    } catch (error) {
      await this.#end(desktop);
      throw this.#cannotStart(spec, error, desktop.lastOutput);
    }
    return { ref: refOf(spec.sessionId) };
  }

  connectDesktop(ref: ProviderRef): Promise<Duplex> {
    return this.#connect(ref, DESKTOP_SOCKET);
  }

  connectWeb(ref: ProviderRef): Promise<Duplex> {
    return this.#connect(ref, WEB_SOCKET);
  }

  openTerminal(): Promise<TerminalStream> {
    return Promise.reject(noTerminals());
  }

  desktopPassword(ref: ProviderRef): string {
    return this.#require(ref).options.password;
  }

  isAlive(ref: ProviderRef): Promise<boolean> {
    return Promise.resolve(this.#find(ref) !== undefined);
  }

  heldSessions(): Promise<readonly HeldSession[]> {
    const started = [...this.#sessions.values()].filter((desktop) => desktop.isStarted);
    const held = started.map(({ options: { sessionId } }) => ({
      ...{ sessionId, ref: refOf(sessionId), isAlive: true as const },
    }));
    return Promise.resolve(held);
  }

  async stop(ref: ProviderRef): Promise<void> {
    const desktop = this.#find(ref);
    if (desktop !== undefined) await this.#end(desktop);
  }

  onExit(listener: ExitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clearLeftovers(): Promise<readonly string[]> {
    return this.#directories.clearLeftovers();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#sessions.values()].map((desktop) => this.#end(desktop)));
    await this.#directories.close();
  }

  async #connect(ref: ProviderRef, socket: string): Promise<Duplex> {
    const session = this.#require(ref);
    if (session.options.program.socket !== socket) throw notRunning();
    try {
      return await session.connect();
    } catch (error) {
      throw notRunning(error);
    }
  }

  async #spawn(spec: LocalSpec): Promise<SessionProcess> {
    if (this.#closed) throw new Error("The server is stopping.");
    const { sessionId } = spec;
    const isolation = await (this.#isolation ??= this.#probe());
    const uid = isolation.ownUser ? await findFreeUid(this.#uids) : undefined;
    if (uid !== undefined) this.#uids.add(uid);
    try {
      const password = spec.kind === "desktop" ? newVncPassword() : "";
      const directory = await this.#directories.create(sessionId, uid);
      const files = spec.kind === "desktop" ? desktopFiles(password) : {};
      await writeSessionFiles(directory, files, { uid });
      const program = await programOf(spec, isolation);
      const options = { sessionId, directory, password, uid, program };
      return await SessionProcess.spawn(isolation, options);
    } catch (error) {
      if (uid !== undefined) this.#uids.delete(uid);
      await this.#directories.remove(sessionId);
      throw error;
    }
  }

  async #probe(): Promise<Isolation> {
    const isolation = await this.probe();
    if (!isolation.sandboxed) {
      this.surroundings.log.warn(
        isolation,
        "Sessions run without a sandbox: bubblewrap is missing or not allowed to make namespaces here. Install the package bubblewrap and allow unprivileged user namespaces.",
      );
    }
    return isolation;
  }

  async #end(desktop: SessionProcess): Promise<void> {
    const { sessionId, uid } = desktop.options;
    await desktop.end();
    this.#sessions.delete(sessionId);
    if (uid !== undefined) this.#uids.delete(uid);
  }

  #exited(desktop: SessionProcess): void {
    const { sessionId } = desktop.options;
    if (desktop.isEnding) return;
    this.surroundings.log.warn(
      { sessionId, output: desktop.lastOutput },
      "A session ended by itself.",
    );
    this.#end(desktop).catch((error: unknown) => {
      this.surroundings.log.error(
        { err: error, sessionId },
        "A session's remains could not be removed.",
      );
    });
    for (const listener of this.#listeners) listener(sessionId, null);
  }

  #find(ref: ProviderRef): SessionProcess | undefined {
    const desktop = this.#sessions.get(refSchema.parse(ref).session_id);
    return desktop?.isEnding === true ? undefined : desktop;
  }

  #require(ref: ProviderRef): SessionProcess {
    const desktop = this.#find(ref);
    if (desktop === undefined) throw notRunning();
    return desktop;
  }

  #cannotStart({ sessionId }: SessionSpec, error: unknown, output: string): AppError {
    this.surroundings.log.error(
      { err: error, sessionId, output },
      "A session could not be started.",
    );
    return new AppError(
      "app_unavailable",
      "The session did not start. Try again; if it fails again, ask an administrator to read the server's log.",
      { cause: error },
    );
  }
}

async function programOf(spec: LocalSpec, { sandboxed }: Isolation): Promise<SessionProgram> {
  if (spec.kind === "desktop") {
    return {
      script: desktopScript,
      args: [`${spec.width}x${spec.height}`],
      environment: {},
      socket: DESKTOP_SOCKET,
      greeting: RFB_GREETING,
    };
  }
  // In a sandbox all ports are the session's own.
  const port = sandboxed ? spec.port : await freePort();
  return {
    script: webScript,
    args: spec.command ?? [],
    environment: { ...spec.environment, PORT: String(port) },
    socket: WEB_SOCKET,
    greeting: null,
  };
}

function noTerminals(): AppError {
  return new AppError("app_unavailable", NO_TERMINALS);
}

function notRunning(cause?: unknown): AppError {
  return new AppError(
    "session_not_running",
    "This session is not running on this server. Launch the app again.",
    { cause },
  );
}
