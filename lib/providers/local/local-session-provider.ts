import type { Duplex } from "node:stream";
import { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import type { ProviderSurroundings } from "../create-session-provider";
import type {
  AppSpec,
  Availability,
  ProviderRef,
  RunningSession,
  SessionProvider,
  SessionSpec,
  StartedSession,
  TerminalStream,
} from "../session-provider";
import { writeDesktopFiles } from "./desktop-files";
import { DesktopProcess } from "./desktop-process";
import { findFreeUid, type Isolation, probeIsolation } from "./isolation";
import { findRequiredPrograms } from "./required-programs";
import { SessionDirectories } from "./session-directories";
import { newVncPassword } from "./vnc-password";

const refSchema = z.object({ session_id: z.string() });

const refOf = (sessionId: string): ProviderRef => ({ session_id: sessionId });

const DESKTOPS_ONLY =
  "This server runs desktops only: terminals and web apps need containers (SORTIE_SESSION_PROVIDER).";

type DesktopSpec = Extract<SessionSpec, { kind: "desktop" }>;
type ExitListener = (sessionId: string, detail: string) => void;

/** Runs desktops as child processes of this server, as strongly isolated as `probe` finds possible. */
export function createLocalSessionProvider(
  surroundings: ProviderSurroundings,
  probe: () => Promise<Isolation> = probeIsolation,
): SessionProvider {
  return new LocalSessionProvider(surroundings, probe);
}

class LocalSessionProvider implements SessionProvider {
  readonly name = "local";
  readonly #desktops = new Map<string, DesktopProcess>();
  readonly #uids = new Set<number>();
  readonly #listeners = new Set<ExitListener>();
  readonly #directories: SessionDirectories;
  #isolation: Promise<Isolation> | undefined;
  #closed = false;

  constructor(
    private readonly surroundings: ProviderSurroundings,
    private readonly probe: () => Promise<Isolation>,
  ) {
    this.#directories = new SessionDirectories(surroundings.instanceId);
  }

  async availability({ kind }: AppSpec): Promise<Availability> {
    if (kind === "desktop") return findRequiredPrograms();
    return { available: false, reason: DESKTOPS_ONLY };
  }

  async start(spec: SessionSpec): Promise<StartedSession> {
    if (spec.kind !== "desktop") throw desktopsOnly();
    const desktop = await this.#spawn(spec).catch((error: unknown) => {
      throw this.#cannotStart(spec, error, "");
    });
    this.#desktops.set(spec.sessionId, desktop);
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

  async connectDesktop(ref: ProviderRef): Promise<Duplex> {
    try {
      return await this.#require(ref).connect();
    } catch (error) {
      throw notRunning(error);
    }
  }

  connectWeb(): Promise<Duplex> {
    // Its sessions are desktops.
    return Promise.reject(notRunning());
  }

  openTerminal(): Promise<TerminalStream> {
    return Promise.reject(desktopsOnly());
  }

  desktopPassword(ref: ProviderRef): string {
    return this.#require(ref).options.password;
  }

  isAlive(ref: ProviderRef): Promise<boolean> {
    return Promise.resolve(this.#find(ref) !== undefined);
  }

  runningSessions(): readonly RunningSession[] {
    const started = [...this.#desktops.values()].filter((desktop) => desktop.isStarted);
    return started.map(({ options: { sessionId } }) => ({ sessionId, ref: refOf(sessionId) }));
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
    await Promise.all([...this.#desktops.values()].map((desktop) => this.#end(desktop)));
    await this.#directories.close();
  }

  async #spawn({ sessionId, width, height }: DesktopSpec): Promise<DesktopProcess> {
    if (this.#closed) throw new Error("The server is stopping.");
    const isolation = await (this.#isolation ??= this.#probe());
    const uid = isolation.ownUser ? await findFreeUid(this.#uids) : undefined;
    if (uid !== undefined) this.#uids.add(uid);
    try {
      const password = newVncPassword();
      const directory = await this.#directories.create(sessionId, uid);
      await writeDesktopFiles(directory, password, { uid });
      const options = { sessionId, directory, password, uid, width, height };
      return await DesktopProcess.spawn(isolation, options);
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
        "Desktops run without a sandbox: bubblewrap is missing or not allowed to make namespaces here. Install the package bubblewrap and allow unprivileged user namespaces.",
      );
    }
    return isolation;
  }

  async #end(desktop: DesktopProcess): Promise<void> {
    const { sessionId, uid } = desktop.options;
    await desktop.end();
    this.#desktops.delete(sessionId);
    if (uid !== undefined) this.#uids.delete(uid);
  }

  #exited(desktop: DesktopProcess): void {
    const { sessionId } = desktop.options;
    if (desktop.isEnding) return;
    this.surroundings.log.warn(
      { sessionId, output: desktop.lastOutput },
      "A desktop ended by itself.",
    );
    this.#end(desktop).catch((error: unknown) => {
      this.surroundings.log.error(
        { err: error, sessionId },
        "A desktop's remains could not be removed.",
      );
    });
    for (const listener of this.#listeners) listener(sessionId, "The desktop ended by itself.");
  }

  #find(ref: ProviderRef): DesktopProcess | undefined {
    const desktop = this.#desktops.get(refSchema.parse(ref).session_id);
    return desktop?.isEnding === true ? undefined : desktop;
  }

  #require(ref: ProviderRef): DesktopProcess {
    const desktop = this.#find(ref);
    if (desktop === undefined) throw notRunning();
    return desktop;
  }

  #cannotStart({ sessionId }: SessionSpec, error: unknown, output: string): AppError {
    this.surroundings.log.error(
      { err: error, sessionId, output },
      "A desktop could not be started.",
    );
    return new AppError(
      "app_unavailable",
      "The desktop did not start. Try again; if it fails again, ask an administrator to read the server's log.",
      { cause: error },
    );
  }
}

function desktopsOnly(): AppError {
  return new AppError("app_unavailable", DESKTOPS_ONLY);
}

function notRunning(cause?: unknown): AppError {
  return new AppError(
    "session_not_running",
    "This session is not running on this server. Launch the app again.",
    { cause },
  );
}
