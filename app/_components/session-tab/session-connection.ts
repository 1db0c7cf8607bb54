import { ApiProblem } from "@/app/_components/api-client";
import type { SessionNote } from "@/lib/gateway/session-note";
import type { WorkerClock } from "@/lib/recorder/clock";
import type { SessionJson, TicketJson } from "@/lib/sessions/session-schema";
import { type Connection, type ConnectionEvent, isFinal, nextConnection } from "./connection";
import type { Picture } from "./picture";
import type { openView, SessionView } from "./session-view";

/** What the connection asks the server. */
export interface SessionApi {
  readonly getSession: (id: string) => Promise<SessionJson>;
  /** @throws ApiProblem `session_not_running` and others */
  readonly requestTicket: (id: string) => Promise<TicketJson>;
}

export interface SessionConnectionOptions {
  readonly sessionId: string;
  readonly api: SessionApi;
  readonly open: typeof openView;
  readonly onClipboard: (text: string) => void;
  readonly onNote: (note: SessionNote) => void;
  /** Paces the waiting for the session also in a hidden tab, whose own timers browsers slow to one a minute. */
  readonly newClock: () => Pick<WorkerClock, "after" | "close">;
}

const POLL_MS = 500;
const OPEN_TIMEOUT_MS = 15_000;

/**
 * Keeps a tab connected to its session: waits until it runs, shows it, and does so again after each
 * loss, with what was seen last left standing in between.
 */
export class SessionConnection {
  #state: Connection = { phase: "preparing" };
  readonly #listeners = new Set<() => void>();
  readonly #options: SessionConnectionOptions;
  #picture: Picture | null = null;
  #view: SessionView | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #clock: Pick<WorkerClock, "after" | "close"> | null = null;
  /** Raised at every change of phase: what was under way for an earlier one no longer counts. */
  #turn = 0;

  constructor(options: SessionConnectionOptions) {
    this.#options = options;
  }

  readonly getState = (): Connection => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Shows the session in `picture` until `stop`. May be started again afterwards. */
  start(picture: Picture): void {
    this.#picture = picture;
    this.#state = { phase: "preparing" };
    this.#enter(this.#state);
    this.#tell();
  }

  stop(): void {
    this.#turn += 1;
    this.#stopTimers();
    this.#view?.close();
    this.#view = null;
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

  /** Where the session is seen, while it is connected: what may be recorded of one that has no canvas. */
  readonly liveElement = (): HTMLElement | null =>
    this.#state.phase === "connected" ? (this.#picture?.live ?? null) : null;

  focus(): void {
    if (this.#state.phase === "connected") this.#view?.focus();
  }

  paste(text: string): void {
    this.#view?.paste(text);
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
    this.#stopTimers();
    if (state.phase === "preparing") void this.#awaitSession(this.#turn);
    if (state.phase === "connecting") void this.#connect(this.#turn);
    if (state.phase === "lost") {
      this.#timer = setTimeout(this.retryNow, Math.max(0, state.retryAt - Date.now()));
    }
    if (isFinal(state)) {
      this.#picture?.freeze();
      this.#view?.close();
      this.#view = null;
      void this.#explainEnd(this.#turn);
    }
  }

  async #awaitSession(turn: number): Promise<void> {
    const event = await this.#askSession();
    if (turn !== this.#turn) return;
    if (event !== null) this.#dispatch(event);
    // Whatever it was, unless it ended the waiting: then the turn is over.
    if (turn === this.#turn) this.#pollLater(turn);
  }

  /** By whichever comes first: a worker's timer is not slowed, the tab's own needs no worker. */
  #pollLater(turn: number): void {
    let isAsked = false;
    const ask = () => {
      if (isAsked || turn !== this.#turn) return;
      isAsked = true;
      clearTimeout(this.#timer);
      void this.#awaitSession(turn);
    };
    this.#timer = setTimeout(ask, POLL_MS);
    this.#clock ??= this.#options.newClock();
    this.#clock.after(POLL_MS, ask);
  }

  #stopTimers(): void {
    clearTimeout(this.#timer);
    this.#clock?.close();
    this.#clock = null;
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
      const ticket = await this.#options.api.requestTicket(this.#options.sessionId);
      if (turn !== this.#turn || this.#picture === null) return;
      this.#timer = setTimeout(() => {
        this.#drop(null);
      }, OPEN_TIMEOUT_MS);
      const view = await this.#open(this.#picture, ticket, turn);
      if (turn === this.#turn) this.#view = view;
      else if (this.#view !== view) view.close();
    } catch (error) {
      if (turn === this.#turn) await this.#explainFailure(error, turn);
    }
  }

  async #open(picture: Picture, ticket: TicketJson, turn: number): Promise<SessionView> {
    const whileCurrent = (act: () => void) => () => {
      if (turn === this.#turn) act();
    };
    const view = await this.#options.open(picture.live, ticket, {
      opened: whileCurrent(() => {
        this.#dispatch({ type: "opened" });
        picture.show(view.canvas);
      }),
      closed: (closeCode) => {
        if (this.#view === view) this.#drop(closeCode);
      },
      refused: whileCurrent(() => {
        this.#dispatch({
          type: "refused",
          message: "The session refused this tab. End the session and start a new one.",
        });
      }),
      clipboard: this.#options.onClipboard,
      note: this.#options.onNote,
    });
    return view;
  }

  #drop(closeCode: number | null): void {
    this.#picture?.freeze();
    this.#view?.close();
    this.#view = null;
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
