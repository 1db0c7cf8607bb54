import type { IncomingMessage, ServerResponse } from "node:http";

type Handler = (
  request: Request,
  context: { readonly params: Promise<Record<string, string>> },
) => Promise<Response>;
type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A handler of a route file, and the addresses that it answers; named groups are its parameters. */
export interface DirectRoute {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handler: Handler;
}

/**
 * Calls some handlers of route files itself and leaves the rest to `next`. For requests that come many
 * times a second: what Next does around a handler costs more than the handler (decision 0037). The
 * handler has to read its body through `bodyStream`, and sees the same headers as under Next.
 */
export function answerDirectly(routes: readonly DirectRoute[], next: Handle): Handle {
  return async (request, response) => {
    for (const { method, pattern, handler } of routes) {
      const match = request.method === method ? pattern.exec(request.url ?? "") : null;
      if (match === null) continue;
      const params = Promise.resolve({ ...match.groups });
      await send(await handler(asRequest(request), { params }), response);
      return;
    }
    await next(request, response);
  };
}

/** Without the body, which stays where it is. */
function asRequest({ url = "/", method = "", headers }: IncomingMessage): Request {
  // Only its path and query mean anything; what host we are called by, the headers say.
  const request = new Request(new URL(url, "http://sortie.internal"), { method });
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) request.headers.set(name, value.toString());
  }
  return request;
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  response.end(body);
}
