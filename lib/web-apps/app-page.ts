import type { ServerResponse } from "node:http";

/** What is said in the frame when there is no app to show. */
export interface AppRefusal {
  readonly status: 400 | 403 | 404 | 409 | 502;
  readonly title: string;
  readonly advice: string;
}

export const REFUSALS = {
  noPass: {
    status: 403,
    title: "This app is not open here",
    advice: "Open it from your sessions in Sortie: this address works in that tab only.",
  },
  ticketNotValid: {
    status: 403,
    title: "This way in has been used already",
    advice: "Reload the session's tab to get another.",
  },
  foreign: {
    status: 403,
    title: "Refused",
    advice: "This request came from another site, which may not use this app.",
  },
  over: {
    status: 409,
    title: "The session is over",
    advice: "Open the app again from the apps page in Sortie.",
  },
  silent: {
    status: 502,
    title: "The app does not answer",
    advice: "It may be starting or busy, or it has stopped. Try again in a moment.",
  },
} as const satisfies Record<string, AppRefusal>;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `:root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;font:14px/1.5 system-ui,sans-serif;text-align:center;padding:1rem;box-sizing:border-box}h1{font-size:18px;margin:0 0 4px}p{margin:0;opacity:.75}`;

/** Answers in words instead of the app; a page, since it is most often seen in the frame. */
export function refuse(
  response: ServerResponse,
  { status, title, advice }: AppRefusal,
  framedBy: string,
): void {
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style><main><h1>${title}</h1><p>${advice}</p></main></html>`;
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-length": Buffer.byteLength(page),
    "content-security-policy": `${POLICY}; frame-ancestors ${framedBy}`,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(page);
}

/** The same for a WebSocket's upgrade, of which scripts see no more than that it failed. */
export function rawRefusal({ status, title }: AppRefusal): string {
  return `HTTP/1.1 ${status} ${title}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
}
