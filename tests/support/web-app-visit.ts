import { request } from "node:http";
import { text } from "node:stream/consumers";
import { WebSocket } from "ws";
import type { Actor } from "@/lib/auth/permissions";
import { issueTicket } from "@/lib/sessions/issue-ticket";
import { entrance } from "@/lib/web-apps/app-address";
import type { SessionServer } from "./session-scene";

export interface WebAppAnswer {
  readonly status: number;
  readonly cookie: string;
  readonly body: string;
}

/** A session's web app at its own host, as a frame in the session's tab comes to it. */
export interface WebAppVisit {
  readonly host: string;
  /** Asks with the pass that the way in has given; or with another cookie. */
  ask(
    path: string,
    more?: { readonly cookie?: string; readonly body?: Buffer },
  ): Promise<WebAppAnswer>;
  /** Opens a WebSocket, with the pass or another cookie. */
  connect(path: string, cookie?: string): WebSocket;
}

/** Goes in with a ticket of `actor`'s, as a browser does that keeps the cookie it gets. */
export async function visitWebApp(
  { address, services }: SessionServer,
  actor: Actor,
  sessionId: string,
): Promise<WebAppVisit> {
  const { shows } = await issueTicket(services, actor, sessionId);
  if (shows.kind !== "web") throw new Error("This is no web app.");
  const host = `${sessionId}.localhost:${address.split(":")[1] ?? ""}`;
  const send = (path: string, cookie: string, body?: Buffer) =>
    new Promise<WebAppAnswer>((resolve, reject) => {
      const method = body === undefined ? "GET" : "POST";
      request(`http://${address}${path}`, { method, headers: { host, cookie } }, (answer) => {
        const [given = ""] = answer.headers["set-cookie"] ?? [];
        const status = answer.statusCode ?? 0;
        text(answer).then(
          (said) => resolve({ status, cookie: given.split(";")[0] ?? "", body: said }),
          reject,
        );
      })
        .on("error", reject)
        .end(body);
    });
  const { status, cookie: pass } = await send(entrance(shows.frameTicket), "");
  if (status !== 303) throw new Error(`The way in answered ${status}.`);
  return {
    host,
    ask: (path, { cookie = pass, body } = {}) => send(path, cookie, body),
    connect: (path, cookie = pass) =>
      new WebSocket(`ws://${address}${path}`, {
        headers: { host, cookie, origin: `http://${host}` },
      }),
  };
}

/** What comes back of `message`; the app closes in order afterwards. */
export async function echoed(webSocket: WebSocket, message: string): Promise<string> {
  await new Promise((resolve, reject) => {
    webSocket.once("open", resolve);
    webSocket.once("error", reject);
  });
  const heard = new Promise<string>((resolve) => {
    webSocket.once("message", (data: Buffer) => resolve(data.toString()));
  });
  webSocket.send(message);
  const said = await heard;
  const closed = new Promise((resolve) => webSocket.once("close", resolve));
  webSocket.close();
  await closed;
  return said;
}
