import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { Config } from "@/lib/config/config";
import type { Database } from "@/lib/db/database";
import { isAppError } from "@/lib/errors/app-error";
import type { Logger } from "@/lib/logging/logger";
import type { Metrics } from "@/lib/metrics/metrics";
import type { ProviderRef, SessionProvider } from "@/lib/providers/session-provider";
import { redeemTicket, type TicketHolder } from "@/lib/sessions/redeem-ticket";
import type { RecordingWishes } from "@/lib/recordings/recording-wishes";
import { comingEnd, type ComingEnd } from "@/lib/sessions/session-policy";
import { findSession, markUsed, type Session } from "@/lib/sessions/session-repository";
import { CLOSE_CODES, CLOSE_TEXTS, type CloseName, closeNameOf } from "./close-codes";
import { bridgeDesktop } from "./desktop-bridge";
import { createRfbInputMeter } from "./rfb-input-meter";
import { NOTES_PROTOCOL, type SessionNote, USE_REPORT } from "./session-note";
import { refusalOf } from "./viewer-refusal";

export interface GatewayDeps {
  readonly config: Pick<Config, "publicUrl" | "session" | "recording">;
  readonly db: Database;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, "connections" | "connectionCloses">;
  readonly provider: Pick<SessionProvider, "connectDesktop">;
  readonly wishes: Pick<RecordingWishes, "watch">;
  readonly now: () => Date;
}

export interface GatewayTimes {
  readonly pingEveryMs: number;
  readonly recheckEveryMs: number;
  /** The same for viewers of a web app. */
  readonly recheckWebEveryMs: number;
  /** A session's last use is noted no more often than this. */
  readonly noteUseEveryMs: number;
}

export interface ViewerRequest {
  readonly sessionId: string;
  readonly ticket: string;
}

/**
 * One viewer's WebSocket, from its ticket to its close code. Whatever the reason, the viewer is told
 * by a code of `CLOSE_CODES`, unless it is gone or no longer answers.
 */
export class Viewer {
  #closing = false;
  #alive = true;
  /** What the viewer was told of the session's end; undefined before the first time. */
  #end: ComingEnd | null | undefined;

  constructor(
    private readonly deps: GatewayDeps,
    private readonly times: GatewayTimes,
    private readonly webSocket: WebSocket,
    private readonly request: ViewerRequest,
  ) {
    // An error, such as a message that is too long, is followed by `close`.
    webSocket.on("error", (err) => deps.log.debug({ err }, "viewer's connection"));
  }

  /** Lets the viewer in, or tells it why not. Never rejects. */
  async serve(): Promise<void> {
    // Nothing may be lost that comes before the desktop is there to take it.
    this.webSocket.pause();
    try {
      const refusal = await this.#admit();
      if (refusal !== null) this.close(refusal);
    } catch (err) {
      this.deps.log.error({ err, sessionId: this.request.sessionId }, "viewer not served");
      this.close("internalError");
    }
  }

  /** Says goodbye with a code; the first one counts. */
  close(name: CloseName): void {
    if (this.#closing) return;
    this.#closing = true;
    this.deps.metrics.connectionCloses.inc({ reason: name });
    // While it is paused, the viewer's own goodbye would not be heard.
    this.webSocket.resume();
    this.webSocket.close(CLOSE_CODES[name], CLOSE_TEXTS[name]);
  }

  /** Resolves when the connection is over. */
  untilGone(): Promise<void> {
    if (this.webSocket.readyState === this.webSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => this.webSocket.once("close", () => resolve()));
  }

  /** Cuts the connection. */
  terminate(): void {
    this.webSocket.terminate();
  }

  /** Joins the viewer to the desktop; answers why not, where it may not be. */
  async #admit(): Promise<CloseName | null> {
    const holder = await redeemTicket(this.deps, this.request);
    if (holder === null) return "ticketNotValid";
    const session = await findSession(this.deps.db, this.request.sessionId);
    const refusal = refusalOf(session, holder);
    if (session === null || refusal !== null) return refusal;
    if (session.appKind === "web") return this.#accompany(session, holder);
    const desktop = await this.#connect(session.providerRef);
    if (desktop === null) return this.#whyOver();
    if (this.webSocket.readyState !== this.webSocket.OPEN) {
      desktop.destroy();
      return null;
    }
    this.deps.metrics.connections.inc();
    this.webSocket.once("close", () => this.deps.metrics.connections.dec());
    this.#bridge(desktop);
    this.#watch(holder, this.times.recheckEveryMs);
    this.#begin(session);
    return null;
  }

  /** A web app is seen in a frame of its own: its tab wants to hear of the session, and says when somebody uses it. */
  #accompany(session: Session, holder: TicketHolder): null {
    const noteUse = this.#useNoter();
    this.webSocket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary && data.toString() === USE_REPORT) noteUse();
      else this.close("unsupportedData");
    });
    noteUse();
    // No connection to the app tells that it is over.
    this.#watch(holder, this.times.recheckWebEveryMs);
    this.#begin(session);
    return null;
  }

  #begin(session: Session): void {
    this.#sendNotes();
    this.#lookAhead(session);
    this.webSocket.resume();
  }

  async #connect(ref: ProviderRef | null): Promise<Duplex | null> {
    try {
      return ref === null ? null : await this.deps.provider.connectDesktop(ref);
    } catch (error) {
      if (isAppError(error) && error.code === "session_not_running") return null;
      throw error;
    }
  }

  #bridge(desktop: Duplex): void {
    const meter = createRfbInputMeter();
    const noteUse = this.#useNoter();
    bridgeDesktop(this.webSocket, desktop, {
      onViewerBytes: (bytes) => {
        if (meter.feed(bytes)) noteUse();
      },
      onProgress: () => {
        this.#alive = true;
      },
      onText: () => this.close("unsupportedData"),
      onDesktopEnd: () => {
        if (!this.#closing) void this.#explainEnd();
      },
    });
    noteUse();
  }

  /** Tells a viewer who understands it whether the session is to be recorded, now and at every change. */
  #sendNotes(): void {
    const { config, wishes } = this.deps;
    if (!config.recording.enabled || this.webSocket.protocol !== NOTES_PROTOCOL) return;
    const unwatch = wishes.watch(this.request.sessionId, ({ wanted, recorded }) =>
      this.#send({ about: "recording", auto_record: wanted, recorded }),
    );
    this.webSocket.once("close", unwatch);
  }

  /** Tells when the session will be closed, as soon as that is near, and when it is not any more. */
  #tellOfEnd(end: ComingEnd | null): void {
    const told = this.#end;
    if (end?.at.getTime() === told?.at.getTime() && (end === null) === (told === null)) return;
    this.#end = end;
    this.#send({
      about: "end",
      end: end === null ? null : { reason: end.reason, at: end.at.toISOString() },
    });
  }

  /** To viewers that understand notes. */
  #send(note: SessionNote): void {
    const { protocol, readyState, OPEN } = this.webSocket;
    if (protocol === NOTES_PROTOCOL && readyState === OPEN) {
      this.webSocket.send(JSON.stringify(note));
    }
  }

  #useNoter(): () => void {
    const { db, log, now } = this.deps;
    const { sessionId } = this.request;
    let notedAt = 0;
    return () => {
      const at = now();
      if (this.#end?.reason === "idle") this.#tellOfEnd(null);
      else if (at.getTime() - notedAt < this.times.noteUseEveryMs) return;
      notedAt = at.getTime();
      markUsed(db, sessionId, at).catch((err: unknown) => {
        log.warn({ err, sessionId }, "a session's use could not be noted");
      });
    };
  }

  #watch(holder: TicketHolder, recheckEveryMs: number): void {
    const ping = setInterval(() => this.#checkAlive(), this.times.pingEveryMs);
    const recheck = setInterval(() => void this.#recheck(holder), recheckEveryMs);
    this.webSocket.on("pong", () => {
      this.#alive = true;
    });
    this.webSocket.once("close", () => {
      clearInterval(ping);
      clearInterval(recheck);
    });
  }

  /** A peer that vanished without a word neither answers pings nor takes bytes. */
  #checkAlive(): void {
    // What a paused viewer says is not read; then its desktop is the slow one.
    if (!this.#alive && !this.webSocket.isPaused) {
      this.terminate();
      return;
    }
    this.#alive = false;
    this.webSocket.ping();
  }

  /** All may have changed since the ticket: who the viewer is, their sign-in, and whether the session goes on. */
  async #recheck(holder: TicketHolder): Promise<void> {
    try {
      const session = await findSession(this.deps.db, this.request.sessionId);
      const refusal = refusalOf(session, holder);
      if (refusal !== null) this.close(refusal);
      else if (session !== null) this.#lookAhead(session);
    } catch (err) {
      // Not knowing is no reason to cut anybody off; the next time tells.
      this.deps.log.warn({ err, sessionId: this.request.sessionId }, "viewer not checked");
    }
  }

  #lookAhead(session: Session): void {
    const { config, now } = this.deps;
    this.#tellOfEnd(comingEnd(session, config.session, now()));
  }

  async #explainEnd(): Promise<void> {
    this.close(
      await this.#whyOver().catch((err: unknown): CloseName => {
        this.deps.log.warn({ err }, "the reason of a session's end could not be read");
        return "sessionEnded";
      }),
    );
  }

  async #whyOver(): Promise<CloseName> {
    const session = await findSession(this.deps.db, this.request.sessionId);
    const reason = session?.closeReason ?? null;
    return reason === null ? "sessionEnded" : closeNameOf(reason);
  }
}
