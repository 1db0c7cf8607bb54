import type { Duplex } from "node:stream";

/**
 * Runs container sessions. It knows how to start, reach and stop one; it does not know users,
 * permissions, the database or recordings.
 */
export interface SessionProvider {
  readonly name: "local" | "docker" | "kubernetes";

  /**
   * Whether its sessions live and die with the process that started them. Where not, every process reaches every session
   * by its ref, and all of them look after all of them: a restarted server finds its sessions as they were.
   */
  readonly isTiedToProcess: boolean;

  /** A start that takes longer is given up. */
  readonly startTimeoutMs: number;

  /** Whether sessions of this app can run here now; if not, what is missing, as a sentence with a remedy. */
  availability(app: AppSpec): Promise<Availability>;

  /** Starts a session and resolves when its desktop answers. @throws AppError `app_unavailable`, with its `why` where that is known */
  start(spec: SessionSpec): Promise<StartedSession>;

  /** Opens the desktop's RFB byte stream. @throws AppError `session_not_running` */
  connectDesktop(ref: ProviderRef): Promise<Duplex>;

  /**
   * Opens a TCP connection, or what behaves like one, to the HTTP port of a web app; each request may take one of
   * its own. @throws AppError `session_not_running`
   */
  connectWeb(ref: ProviderRef): Promise<Duplex>;

  /** What the RFB server asks a viewer for. */
  desktopPassword(ref: ProviderRef): string;

  /**
   * Opens a terminal in a session of a terminal app: its command, or a shell, of this terminal's own.
   * @throws AppError `session_not_running`, `app_unavailable` where a provider has no terminals
   */
  openTerminal(ref: ProviderRef, size: TerminalSize): Promise<TerminalStream>;

  /** Whether the session is still alive. */
  isAlive(ref: ProviderRef): Promise<boolean>;

  /**
   * The sessions that take room, whoever started them: of a provider that is tied to its process those of this process
   * that have started, of any other all that this installation has. Complete, or it rejects: what is missing here is gone.
   */
  heldSessions(): Promise<readonly HeldSession[]>;

  /** Ends the session and frees everything it had. Harmless when it is gone. */
  stop(ref: ProviderRef): Promise<void>;

  /** Calls `listener` when one of the sessions above ends by itself. Returns how to stop listening. */
  onExit(listener: ExitListener): () => void;

  /**
   * Ends and removes what dead servers on this machine have left; answers the instance ids whose
   * sessions are thereby known to be over. Nothing where sessions are not tied to processes: what no session needs any
   * more is found in `heldSessions`.
   */
  clearLeftovers(): Promise<readonly string[]>;

  /** Ends what is tied to this process, and gives up what it is starting; called once, at shutdown. */
  close(): Promise<void>;
}

export type AppKind = "desktop" | "terminal" | "web";
export type Availability =
  { readonly available: true } | { readonly available: false; readonly reason: string };

/** How much of a machine one session may take. */
export interface AppLimits {
  /** Processors; a fraction is a share of one. */
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Processes and threads; undefined: the provider's own measure. */
  readonly pids: number | undefined;
}

/** What a container of an app is made from. */
export interface AppContainer {
  /** Undefined: the app names none, and runs only where sessions are no containers. */
  readonly image: string | undefined;
  /** Undefined: what the image starts by itself; in a terminal a shell. */
  readonly command: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: AppLimits;
  /** Its files cannot be written, but for /tmp and its user's home. */
  readonly readOnlyRoot: boolean;
}

export type DesktopApp = AppContainer & {
  readonly kind: "desktop";
  readonly image: string;
  /** Of the container that is its X and VNC server; undefined: its own image brings one. */
  readonly displayImage: string | undefined;
};
export type TerminalApp = AppContainer & { readonly kind: "terminal" };
/** `port`: where it speaks HTTP in its container. */
export type WebApp = AppContainer & { readonly kind: "web"; readonly port: number };

/** What a provider needs to know of an app. */
export type AppSpec = DesktopApp | TerminalApp | WebApp;

interface SessionIdentity {
  readonly sessionId: string;
  readonly appId: string;
}

/** A session to start; a desktop's first size is in pixels. */
export type SessionSpec = SessionIdentity &
  ((DesktopApp & { readonly width: number; readonly height: number }) | TerminalApp | WebApp);

/** In characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface TerminalStream {
  /** Takes what is typed and gives what is shown. Destroying it hangs up: what runs in the terminal ends. */
  readonly stream: Duplex;
  resize(size: TerminalSize): Promise<void>;
  /** Resolves when the command has ended. Rejects where its code cannot be known: its session has gone. */
  readonly exited: Promise<{ readonly code: number }>;
}

/** The provider's own handle, as JSON; saved in the session's row. */
export type ProviderRef = Readonly<Record<string, string | number>>;

export interface StartedSession {
  readonly ref: ProviderRef;
}

/** `why`: what ended it, as one sentence for anybody; null where nothing is known. */
export type ExitListener = (sessionId: string, why: string | null) => void;

export type HeldSession = {
  readonly sessionId: string;
  readonly ref: ProviderRef;
} & (
  | { readonly isAlive: true }
  /** It has ended, and only its remains are there; `why` as an `ExitListener` hears it. */
  | { readonly isAlive: false; readonly why: string | null }
);
