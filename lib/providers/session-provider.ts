import type { Duplex } from "node:stream";

/**
 * Runs container sessions. It knows how to start, reach and stop one; it does not know users,
 * permissions, the database or recordings.
 */
export interface SessionProvider {
  readonly name: "local";

  /** Whether sessions of this kind can run here now; if not, what is missing, as a sentence with a remedy. */
  availability(kind: AppKind): Promise<Availability>;

  /** Starts a session and resolves when its desktop answers. @throws AppError `app_unavailable` */
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

  /** Whether the session is still alive. */
  isAlive(ref: ProviderRef): Promise<boolean>;

  /** The sessions that this process runs and that have started. */
  runningSessions(): readonly RunningSession[];

  /** Ends the session and frees everything it had. Harmless when it is gone. */
  stop(ref: ProviderRef): Promise<void>;

  /** Calls `listener` when a session started by this process ends by itself. Returns how to stop listening. */
  onExit(listener: (sessionId: string, detail: string) => void): () => void;

  /**
   * Ends and removes what dead servers on this machine have left; answers the instance ids whose
   * sessions are thereby known to be over. For the start of a server.
   */
  clearLeftovers(): Promise<readonly string[]>;

  /** Ends everything this process started; called once, at shutdown. */
  close(): Promise<void>;
}

export type AppKind = "desktop" | "terminal" | "web";
export type Availability =
  { readonly available: true } | { readonly available: false; readonly reason: string };

export interface SessionSpec {
  readonly sessionId: string;
  readonly appId: string;
  readonly kind: AppKind;
  readonly width: number;
  readonly height: number;
}

/** The provider's own handle, as JSON; saved in the session's row. */
export type ProviderRef = Readonly<Record<string, string | number>>;

export interface StartedSession {
  readonly ref: ProviderRef;
}

export interface RunningSession {
  readonly sessionId: string;
  readonly ref: ProviderRef;
}
