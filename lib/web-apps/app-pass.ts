import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Config } from "@/lib/config/config";
import type { TicketHolder } from "@/lib/sessions/redeem-ticket";
import { takesSecureCookies } from "./app-address";

type PassConfig = Pick<Config, "authSecret" | "appsDomain" | "publicUrl">;

/** Who may see one session's web app: what a redeemed ticket turns into, for as long as the session lasts. */
export interface AppPass extends TicketHolder {
  readonly sessionId: string;
}

const passSchema = z.tuple([z.uuid(), z.uuid(), z.number().int()]);

/**
 * The pass as a cookie of the app's host alone. `Partitioned`, so that a browser keeps it in a frame of another site
 * and gives it to no other page that frames the app; scripts of the app cannot read it, and it never reaches the app.
 */
export function passCookie(pass: AppPass, config: PassConfig): string {
  const value = seal(pass, config);
  return takesSecureCookies(config)
    ? `${passCookieName(config)}=${value}; Path=/; HttpOnly; Secure; SameSite=None; Partitioned`
    : `${passCookieName(config)}=${value}; Path=/; HttpOnly; SameSite=Lax`;
}

/** The prefix makes browsers refuse one that another host set for this one. */
export function passCookieName(config: PassConfig): string {
  return `${takesSecureCookies(config) ? "__Host-" : ""}sortie-app`;
}

/** The pass of a cookie's value; null when it is none that we gave for this session. */
export function readPass(
  value: string | undefined,
  sessionId: string,
  config: PassConfig,
): AppPass | null {
  const [body = "", signature = ""] = (value ?? "").split(".");
  const expected = sign(body, config);
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const [session, userId, sessionVersion] = passSchema.parse(
    JSON.parse(Buffer.from(body, "base64url").toString()),
  );
  return session === sessionId ? { sessionId, userId, sessionVersion } : null;
}

function seal({ sessionId, userId, sessionVersion }: AppPass, config: PassConfig): string {
  const body = Buffer.from(JSON.stringify([sessionId, userId, sessionVersion])).toString(
    "base64url",
  );
  return `${body}.${sign(body, config).toString("base64url")}`;
}

function sign(body: string, { authSecret }: PassConfig): Buffer {
  return createHmac("sha256", authSecret).update(`web app pass\n${body}`).digest();
}
