import type { IncomingMessage } from "node:http";
import { LRUCache } from "lru-cache";
import { cookiesOf } from "@/lib/auth/session-token";
import type { Config } from "@/lib/config/config";
import type { Database } from "@/lib/db/database";
import { refusalOf } from "@/lib/gateway/viewer-refusal";
import type { Logger } from "@/lib/logging/logger";
import type { ProviderRef } from "@/lib/providers/session-provider";
import { redeemTicket } from "@/lib/sessions/redeem-ticket";
import { findSession, type Session } from "@/lib/sessions/session-repository";
import { REFUSALS, type AppRefusal } from "./app-page";
import { type AppPass, passCookie, passCookieName, readPass } from "./app-pass";
import { isForeign } from "./foreign-request";

export interface GateDeps {
  readonly config: Pick<Config, "appsDomain" | "authSecret" | "publicUrl" | "session">;
  readonly db: Database;
  readonly log: Logger;
  readonly now: () => Date;
}

export interface Admitted {
  readonly pass: AppPass;
  readonly ref: ProviderRef;
}

/** How old what is known of a session and its user may be: a page of an app may take a hundred requests. */
const RECENT_MS = 5_000;

/** Decides who may see which session's web app. The permission is `session.use`, asked for with the ticket. */
export class AppGate {
  readonly #recent = new LRUCache<string, Session>({ max: 10_000, ttl: RECENT_MS });

  constructor(private readonly deps: GateDeps) {}

  /** Turns a ticket into the cookie that lets its holder's frame in; null when it is not valid. */
  async enter(sessionId: string, ticket: string): Promise<string | null> {
    const holder = await redeemTicket(this.deps, { sessionId, ticket });
    return holder === null ? null : passCookie({ ...holder, sessionId }, this.deps.config);
  }

  /** Lets a request through to the app, or says why not. */
  async admit(request: IncomingMessage, sessionId: string): Promise<Admitted | AppRefusal> {
    if (isForeign(request)) return REFUSALS.foreign;
    const { config } = this.deps;
    const cookies = cookiesOf(new Headers({ cookie: request.headers.cookie ?? "" }));
    const pass = readPass(cookies[passCookieName(config)], sessionId, config);
    if (pass === null) return REFUSALS.noPass;
    const ref = await this.#refFor(pass, this.#recent.get(sessionId));
    if (typeof ref === "string") return ref === "over" ? REFUSALS.over : REFUSALS.noPass;
    return { pass, ref };
  }

  /** Whether somebody who was let in would still be: for connections that stay open. */
  async stillAdmits(pass: AppPass): Promise<boolean> {
    return typeof (await this.#refFor(pass, undefined)) !== "string";
  }

  async #refFor(
    pass: AppPass,
    known: Session | undefined,
  ): Promise<ProviderRef | "over" | "notAllowed"> {
    const session = known ?? (await findSession(this.deps.db, pass.sessionId));
    if (session !== null && session !== known) this.#recent.set(session.id, session);
    switch (refusalOf(session, pass)) {
      case null:
        return session?.appKind === "web" && session.providerRef !== null
          ? session.providerRef
          : "notAllowed";
      case "notAllowed":
      case "ticketNotValid":
        return "notAllowed";
      default:
        return "over";
    }
  }
}
