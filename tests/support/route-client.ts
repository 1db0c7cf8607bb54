import type { Actor } from "@/lib/auth/permissions";
import type { Services } from "@/lib/composition/services";
import { signedIn } from "./recording-scene";

type Handler = (
  request: Request,
  context: { readonly params: Promise<Record<string, string>> },
) => Promise<Response>;

export interface Ask {
  /** Null for a stranger; the client's own user by default. */
  readonly as?: Actor | null;
  /** The address's `[id]`. */
  readonly id?: string;
  readonly query?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array | string | ReadableStream<Uint8Array>;
}
export type RouteClient = (method: string, handler: Handler, options?: Ask) => Promise<Response>;

/** Calls route handlers as a browser would in which `user` is signed in. */
export function routeClient(services: Services, user: Actor): RouteClient {
  return async (method, handler, { as = user, id = "", query = "", headers = {}, body } = {}) => {
    const identity = as === null ? {} : await signedIn(services, as);
    const request = new Request(`http://127.0.0.1/${query}`, {
      method,
      headers: { ...identity, ...headers },
      ...(body === undefined ? {} : { body: body as BodyInit, duplex: "half" }),
    });
    return handler(request, { params: Promise.resolve({ id }) });
  };
}

/** A refusal as its status and code. */
export async function problem(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { code: string } };
  return `${response.status} ${error.code}`;
}
