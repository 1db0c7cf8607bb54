import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiProblem } from "@/app/_components/api-client";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { SessionConnection, type SessionApi } from "./session-connection";
import type { ViewEvents } from "./session-view";
import type { Picture } from "./picture";

const SESSION: Pick<SessionJson, "status" | "close_message"> = {
  status: "running",
  close_message: null,
};

/** A server and a desktop that do what the test says. */
class Stage {
  session = { ...SESSION };
  tickets = 0;
  refusal: ApiProblem | null = null;
  /** What the latest opened desktop would tell the tab. */
  desktop: ViewEvents | null = null;
  closed = 0;
  frozen = 0;
  /** What a timer would do that hidden tabs do not slow. */
  tick: (() => void) | null = null;

  readonly api: SessionApi = {
    getSession: () => Promise.resolve(this.session as SessionJson),
    requestTicket: () => {
      if (this.refusal !== null) return Promise.reject(this.refusal);
      this.tickets += 1;
      return Promise.resolve({
        kind: "desktop",
        ticket: `${this.tickets}`,
        url: `/gateway?ticket=${this.tickets}`,
        password: "secret",
      });
    },
  };

  readonly picture: Picture = {
    live: {} as HTMLElement,
    canvas: {} as HTMLCanvasElement,
    show: () => undefined,
    freeze: () => {
      this.frozen += 1;
    },
    remove: () => undefined,
  };

  readonly connection = new SessionConnection({
    sessionId: "s1",
    api: this.api,
    newClock: () => ({
      after: (_delayMs, fire) => {
        this.tick = fire;
        return () => undefined;
      },
      close: () => (this.tick = null),
    }),
    open: (_target, _address, events) => {
      this.desktop = events;
      const close = () => {
        this.closed += 1;
      };
      return Promise.resolve({
        canvas: {} as HTMLCanvasElement,
        focus: () => undefined,
        paste: () => undefined,
        close,
      });
    },
    onClipboard: () => undefined,
    onNote: () => undefined,
  });

  get phase(): string {
    return this.connection.getState().phase;
  }

  async start(): Promise<void> {
    this.connection.start(this.picture);
    await settle();
  }

  async connect(): Promise<void> {
    await this.start();
    this.desktop?.opened();
    await settle();
  }
}

const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("A tab", () => {
  it("waits until the session runs, then shows its desktop", async () => {
    const stage = new Stage();
    stage.session.status = "creating";
    await stage.start();
    expect(stage.phase).toBe("preparing");
    stage.session.status = "running";
    await vi.advanceTimersByTimeAsync(500);
    expect(stage.phase).toBe("connecting");
    stage.desktop?.opened();
    expect(stage.phase).toBe("connected");
  });

  it("waits no slower while it is hidden, where its own timers rest", async () => {
    const stage = new Stage();
    stage.session.status = "creating";
    await stage.start();
    stage.session.status = "running";
    stage.tick?.();
    await settle();
    expect(stage.phase).toBe("connecting");
    expect(stage.tick).toBeNull();
  });

  it("keeps the last picture of a lost desktop and comes back with a new ticket", async () => {
    const stage = new Stage();
    await stage.connect();
    stage.desktop?.closed(1006);
    expect(stage.phase).toBe("lost");
    expect(stage.frozen).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(stage.tickets).toBe(2);
    stage.desktop?.opened();
    expect(stage.phase).toBe("connected");
  });

  it("hands out its picture to be recorded only while it is live", async () => {
    const stage = new Stage();
    await stage.connect();
    expect(stage.connection.liveCanvas()).toBe(stage.picture.canvas);
    stage.desktop?.closed(1006);
    expect(stage.connection.liveCanvas()).toBeNull();
    expect(stage.connection.canvas()).toBe(stage.picture.canvas);
  });

  it("never advises somebody who is signed out to reload, which would end a recording", async () => {
    const stage = new Stage();
    stage.refusal = new ApiProblem("unauthenticated", "Reload the page to sign in again.");
    await stage.start();
    expect(stage.connection.getState()).toEqual({
      phase: "failed",
      message: "You are signed out. Sign in again in another tab, then try again here.",
    });
  });

  it("goes on trying while the server is away", async () => {
    const stage = new Stage();
    await stage.connect();
    stage.refusal = new ApiProblem("unreachable", "The server cannot be reached.");
    stage.desktop?.closed(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stage.phase).toBe("lost");
    stage.refusal = null;
    stage.connection.retryNow();
    await settle();
    expect(stage.phase).toBe("connecting");
  });

  it("gives a desktop that never answers up and tries again", async () => {
    const stage = new Stage();
    await stage.start();
    await vi.advanceTimersByTimeAsync(15_000);
    expect(stage.phase).toBe("lost");
    expect(stage.closed).toBe(1);
  });

  it("says why the session ended, in the session's own words", async () => {
    const stage = new Stage();
    await stage.connect();
    stage.session = { status: "ended", close_message: "The desktop was closed from inside." };
    stage.desktop?.closed(4409);
    await settle();
    expect(stage.connection.getState()).toEqual({
      phase: "ended",
      message: "The desktop was closed from inside.",
    });
  });

  it("says that the session is over when it ended while the tab was away", async () => {
    const stage = new Stage();
    stage.refusal = new ApiProblem("session_not_running", "The session is not running.");
    await stage.start();
    expect(stage.phase).toBe("failed");
    stage.session = { status: "ended", close_message: "You ended it." };
    stage.connection.retryNow();
    await settle();
    expect(stage.connection.getState()).toEqual({ phase: "ended", message: "You ended it." });
  });

  it("does not try again what the server refused", async () => {
    const stage = new Stage();
    stage.refusal = new ApiProblem("forbidden", "This session belongs to somebody else.");
    await stage.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stage.connection.getState()).toEqual({
      phase: "failed",
      message: "This session belongs to somebody else.",
    });
  });

  it("does nothing more once it is closed", async () => {
    const stage = new Stage();
    await stage.connect();
    stage.connection.stop();
    stage.desktop?.closed(1006);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stage.tickets).toBe(1);
    expect(stage.closed).toBe(1);
  });
});
