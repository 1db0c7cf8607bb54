import type { z } from "zod";
import { ACCESS_BY_ROUTE, type RouteName } from "@/lib/auth/route-permissions";
import { type Actor, type Demand, may, roleMay } from "@/lib/auth/permissions";
import { findCaller, findRecentCaller } from "@/lib/auth/find-actor";
import { services, type Services } from "@/lib/composition/services";
import { AppError } from "@/lib/errors/app-error";
import { readJson } from "./body";
import { noteCaller } from "./incoming-message";
import { refuseForeignOrigin } from "./origin";
import { type Client, clientOf } from "./client";
import { problemResponse } from "./problem";

type PublicRoute = {
  [N in RouteName]: (typeof ACCESS_BY_ROUTE)[N] extends "public" ? N : never;
}[RouteName];

interface Schemas<P, Q, B> {
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  /** A JSON body. Leave it out to read `request.body` as a stream. */
  readonly body?: z.ZodType<B>;
  /** For what comes many times a second: who asks may be known from seconds ago; see `findRecentCaller`. */
  readonly trustsRecentActor?: boolean;
}

export interface RouteInput<P, Q, B, A> {
  readonly request: Request;
  readonly actor: A;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly client: Client;
  readonly services: Services;
}

type NextContext = { readonly params: Promise<Record<string, string | string[] | undefined>> };
type NextHandler = (request: Request, context: NextContext) => Promise<Response>;

/**
 * A route handler: checks who asks and whether the route's permission allows it, parses what came in,
 * runs `handle`, and turns errors into answers through the one table in `lib/errors`.
 */
export function route<N extends RouteName, P = unknown, Q = unknown, B = unknown>(
  name: N,
  schemas: Schemas<P, Q, B>,
  handle: (input: RouteInput<P, Q, B, N extends PublicRoute ? null : Actor>) => Promise<Response>,
): NextHandler {
  return async (request, context) => {
    const requestId = request.headers.get("x-request-id") ?? crypto.randomUUID();
    try {
      refuseForeignOrigin(request, services().config);
      const actor = await authorise(name, request, schemas.trustsRecentActor ?? false);
      const input = {
        request,
        actor: actor as N extends PublicRoute ? null : Actor,
        params: parse(schemas.params, await context.params, "address"),
        query: parse(schemas.query, Object.fromEntries(new URL(request.url).searchParams), "query"),
        body: schemas.body
          ? parse(schemas.body, await readJson(request), "body")
          : (undefined as B),
        client: clientOf(request),
        services: services(),
      };
      return keepOutOfCaches(await handle(input));
    } catch (error) {
      return problemResponse(error, { requestId, route: name, log: services().log });
    }
  };
}

/** Answers depend on who asks: unless a handler says otherwise, nothing between us and the browser keeps them. */
function keepOutOfCaches(response: Response): Response {
  if (!response.headers.has("cache-control")) {
    response.headers.set("cache-control", "private, no-store");
  }
  return response;
}

async function authorise(
  name: RouteName,
  request: Request,
  trustsRecentActor: boolean,
): Promise<Actor | null> {
  const access = ACCESS_BY_ROUTE[name];
  // Not even looked up: whether the product is healthy must not depend on the database.
  if (access === "public") return null;
  const find = trustsRecentActor ? findRecentCaller : findCaller;
  const actor = await find(request.headers, clientOf(request), services());
  if (actor === null) throw new AppError("unauthenticated", "Sign in to go on.");
  noteCaller(actor.userId);
  if (!may(actor, access)) throw notAllowed(actor, access);
  return actor;
}

function notAllowed({ role }: Actor, demand: Demand): AppError {
  return new AppError(
    "forbidden",
    roleMay(role, demand)
      ? "This token was not made for that. Use one with the right to do it."
      : "Your role does not allow this. Ask an administrator.",
  );
}

function parse<T>(schema: z.ZodType<T> | undefined, value: unknown, where: string): T {
  if (schema === undefined) return value as T;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.join(".") ?? "";
  throw new AppError(
    "bad_request",
    `The ${where} is not valid${field ? ` at “${field}”` : ""}: ${issue?.message ?? "unexpected value"}.`,
  );
}
