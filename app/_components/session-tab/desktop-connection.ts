import { ApiProblem } from "@/app/_components/api-client";
import type { SessionNote } from "@/lib/gateway/session-note";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { type Connection, type ConnectionEvent, isFinal, nextConnection } from "./connection";
import type { Desktop, DesktopAddress, openDesktop } from "./open-desktop";
import type { Picture } from "./picture";

/** What the connection asks the server. */
export interface SessionApi {
  readonly getSession: (id: string) => Promise<SessionJson>;
  /** @throws ApiProblem `session_not_running` and others */
  readonly requestTicket: (id: string) => Promise<DesktopAddress>;
}

export interface DesktopConnectionOptions {
  readonly sessionId: string;
  readonly api: SessionApi;
  readonly open: typeof openDesktop;
  readonly onClipboard: (text: string) => void;
  readonly onNote: (note: SessionNote) => void;
}

const POLL_MS = 500;
const OPEN_TIMEOUT_MS = 15_000;

/**
 * Keeps a tab connected to its session's desktop: waits until the session runs, opens the desktop,
 * and opens it again after each loss, with the last picture left standing in between.
 */
export class DesktopConnection {
  #state: Connection = { phase: "preparing" };
  readonly #listeners = new Set<() => void>();
  readonly #options: DesktopConnectionOptions;
  #picture: Picture | null = null;
  #desktop: Desktop | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Raised at every change of phase: what was under way for an earlier one no longer counts. */
  #turn = 0;

  constructor(options: DesktopConnectionOptions) {
    this.#options = options;
  }

  readonly getState = (): Connection => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows the desktop in `picture` until `stop`. May be started again afterwards. */
  start(picture: Picture): void {
    this.#picture = picture;
    this.#state = { phase: "preparing" };
    this.#enter(this.#state);
    this.#tell();
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#desktop?.close();
    this.#desktop = null;
    this.#picture?.remove();
    this.#picture = null;
  }

  /** Tries again at once, where there is something to try. */
  readonly retryNow = (): void => {
    this.#dispatch({ type: "retry" });
  };

  /** Tries again at once after a loss, and only then. */
  retryAfterLoss(): void {
    if (this.#state.phase === "lost") this.retryNow();
  }

  /** Says that the session was ended from this tab. */
  end(message: string): void {
    this.#dispatch({ type: "session_over", message });
  }

  /** The picture: live while connected, the last one while not. */
  readonly canvas = (): HTMLCanvasElement | null => this.#picture?.canvas ?? null;

  /** The picture while it is live: what may be recorded as the desktop. */
  readonly liveCanvas = (): HTMLCanvasElement | null =>
    this.#state.phase === "connected" ? this.canvas() : null;

  focus(): void {
    if (this.#state.phase === "connected") this.#desktop?.focus();
  }

  paste(text: string): void {
    this.#desktop?.paste(text);
  }

  #dispatch(event: ConnectionEvent): void {
    if (this.#picture === null) return;
    const next = nextConnection(this.#state, event);
    if (next !== this.#state) this.#become(next);
  }

  #become(next: Connection): void {
    const changesPhase = next.phase !== this.#state.phase;
    this.#state = next;
    if (changesPhase) this.#enter(next);
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }

  #enter(state: Connection): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (state.phase === "preparing") void this.#awaitSession(this.#turn);
    if (state.phase === "connecting") void this.#connect(this.#turn);
    if (state.phase === "lost") {
      this.#timer = setTimeout(this.retryNow, Math.max(0, state.retryAt - Date.now()));
    }
    if (isFinal(state)) {
      this.#picture?.freeze();
      this.#desktop?.close();
      this.#desktop = null;
      void this.#explainEnd(this.#turn);
    }
  }

  async #awaitSession(turn: number): Promise<void> {
    const event = await this.#askSession();
    if (turn !== this.#turn) return;
    if (event !== null) this.#dispatch(event);
    // Whatever it was, unless it ended the waiting: then the turn is over.
    if (turn === this.#turn) {
      this.#timer = setTimeout(() => void this.#awaitSession(turn), POLL_MS);
    }
  }

  /** What the server says of the session, as an event; null while it is out of reach. */
  async #askSession(): Promise<ConnectionEvent | null> {
    try {
      const session = await this.#options.api.getSession(this.#options.sessionId);
      if (session.status === "creating") {
        return { type: "session_waiting", place: session.queue_place };
      }
      if (session.status === "running") return { type: "session_running" };
      return { type: "session_over", message: session.close_message ?? "The session has ended." };
    } catch (error) {
      return isRefusal(error) ? { type: "refused", message: refusalInWords(error) } : null;
    }
  }

  async #connect(turn: number): Promise<void> {
    try {
      const address = await this.#options.api.requestTicket(this.#options.sessionId);
      if (turn !== this.#turn || this.#picture === null) return;
      this.#timer = setTimeout(() => {
        this.#drop(null);
      }, OPEN_TIMEOUT_MS);
      const desktop = await this.#open(this.#picture, address, turn);
      if (turn === this.#turn) this.#desktop = desktop;
      else if (this.#desktop !== desktop) desktop.close();
    } catch (error) {
      if (turn === this.#turn) await this.#explainFailure(error, turn);
    }
  }

  async #open(picture: Picture, address: DesktopAddress, turn: number): Promise<Desktop> {
    const whileCurrent = (act: () => void) => () => {
      if (turn === this.#turn) act();
    };
    const desktop = await this.#options.open(picture.live, address, {
      opened: whileCurrent(() => {
        this.#dispatch({ type: "opened" });
        picture.show(desktop.canvas);
      }),
      closed: (closeCode) => {
        if (this.#desktop === desktop) this.#drop(closeCode);
      },
      refused: whileCurrent(() => {
        this.#dispatch({
          type: "refused",
          message: "The desktop refused this tab. End the session and start a new one.",
        });
      }),
      clipboard: this.#options.onClipboard,
      note: this.#options.onNote,
    });
    return desktop;
  }

  #drop(closeCode: number | null): void {
    this.#picture?.freeze();
    this.#desktop?.close();
    this.#desktop = null;
    this.#dispatch({ type: "dropped", closeCode, now: Date.now() });
  }

  async #explainFailure(error: unknown, turn: number): Promise<void> {
    if (!isRefusal(error)) {
      this.#drop(null);
      return;
    }
    const said = error.code === "session_not_running" ? await this.#askSession() : null;
    if (turn !== this.#turn) return;
    this.#dispatch(
      said?.type === "session_over" ? said : { type: "refused", message: refusalInWords(error) },
    );
  }

  /** The gateway closes with a code; the session itself knows the whole sentence. */
  async #explainEnd(turn: number): Promise<void> {
    if (this.#state.phase !== "ended") return;
    const event = await this.#askSession();
    if (turn === this.#turn && event?.type === "session_over") this.#dispatch(event);
  }
}

/** Codes behind which trying again may find another answer. */
const PASSING: ReadonlySet<string> = new Set([
  "unreachable",
  "internal",
  "unavailable",
  "rate_limited",
]);

/** An answer of the server that trying again will not change. */
function isRefusal(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && !PASSING.has(error.code);
}

/** A reload, which other pages advise to sign in again, would take the recording of this one with it. */
function refusalInWords({ code, message }: ApiProblem): string {
  return code === "unauthenticated"
    ? "You are signed out. Sign in again in another tab, then try again here."
    : message;
}
