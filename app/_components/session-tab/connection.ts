import { assertNever } from "@/lib/errors/assert-never";
import { afterClose } from "./after-close";

/** How the tab and its desktop stand to each other. */
export type Connection =
  /** The session is being started; `place` while it waits in line, 1 for the next one. */
  | { readonly phase: "preparing"; readonly place?: number }
  /** `attempt` is 0 for the first try of the tab, and counts from 1 after each loss. */
  | { readonly phase: "connecting"; readonly attempt: number }
  | { readonly phase: "connected" }
  /** The next try is number `attempt` and starts at `retryAt`, in milliseconds since the epoch. */
  | { readonly phase: "lost"; readonly attempt: number; readonly retryAt: number }
  /** The session is over; `message` says why. */
  | { readonly phase: "ended"; readonly message: string }
  /** The session may go on, but this tab cannot show it; `message` says why and what to do. */
  | { readonly phase: "failed"; readonly message: string };

export type ConnectionEvent =
  | { readonly type: "session_running" }
  /** `place` null: it has its turn. */
  | { readonly type: "session_waiting"; readonly place: number | null }
  | { readonly type: "session_over"; readonly message: string }
  | { readonly type: "opened" }
  /** The WebSocket closed, or could not be asked for; `closeCode` null when there was none. */
  | { readonly type: "dropped"; readonly closeCode: number | null; readonly now: number }
  | { readonly type: "refused"; readonly message: string }
  | { readonly type: "retry" };

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Milliseconds to wait before try number `attempt`: 1, 2, 4 … 30 s. */
export function retryDelayMs(attempt: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS);
}

/** The life of the connection as one table. An event that no longer fits changes nothing. */
export function nextConnection(state: Connection, event: ConnectionEvent): Connection {
  switch (event.type) {
    case "session_running":
      return state.phase === "preparing" ? { phase: "connecting", attempt: 0 } : state;
    case "session_waiting":
      return state.phase === "preparing" ? waiting(state, event.place) : state;
    case "session_over":
      return { phase: "ended", message: event.message };
    case "opened":
      return state.phase === "connecting" ? { phase: "connected" } : state;
    case "dropped":
      return dropped(state, event.closeCode, event.now);
    case "refused":
      return isFinal(state) ? state : { phase: "failed", message: event.message };
    case "retry":
      return retried(state);
    default:
      return assertNever(event);
  }
}

function waiting(
  state: Extract<Connection, { phase: "preparing" }>,
  place: number | null,
): Connection {
  if ((state.place ?? null) === place) return state;
  return place === null ? { phase: "preparing" } : { phase: "preparing", place };
}

export function isFinal(state: Connection): boolean {
  return state.phase === "ended" || state.phase === "failed";
}

function dropped(state: Connection, closeCode: number | null, now: number): Connection {
  if (state.phase !== "connecting" && state.phase !== "connected") return state;
  const verdict = afterClose(closeCode);
  switch (verdict.then) {
    case "end":
      return { phase: "ended", message: verdict.message };
    case "give_up":
      return { phase: "failed", message: verdict.message };
    case "retry": {
      const attempt = state.phase === "connecting" ? state.attempt + 1 : 1;
      return { phase: "lost", attempt, retryAt: now + retryDelayMs(attempt) };
    }
    default:
      return assertNever(verdict);
  }
}

function retried(state: Connection): Connection {
  switch (state.phase) {
    case "lost":
      return { phase: "connecting", attempt: state.attempt };
    case "failed":
      return { phase: "connecting", attempt: 0 };
    case "preparing":
    case "connecting":
    case "connected":
    case "ended":
      return state;
    default:
      return assertNever(state);
  }
}

/** The connection in words, for the bar. */
export function connectionInWords(state: Connection): string {
  switch (state.phase) {
    case "preparing":
      return state.place === undefined ? "Starting" : `Waiting in line, number ${state.place}`;
    case "connecting":
      return state.attempt === 0 ? "Connecting" : "Reconnecting";
    case "connected":
      return "Connected";
    case "lost":
      return "Connection lost";
    case "ended":
      return "Ended";
    case "failed":
      return "Not connected";
    default:
      return assertNever(state);
  }
}
