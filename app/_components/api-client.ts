import { z } from "zod";

const problemSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), request_id: z.string().optional() }),
});

/** What the server, or the way to it, refused. `message` is a sentence for the user. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    /** A code of `lib/errors`, or `unreachable` when no answer came. */
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Whether what was asked for is not there, or not any more. */
export function isGone(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && error.code === "not_found";
}

/** The sentence to show for whatever was thrown. */
export function problemSentence(error: unknown): string {
  if (error instanceof ApiProblem) return error.message;
  return "Something went wrong on this page. Reload it; if it stays, tell an administrator.";
}

export interface ApiCall {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Calls the API for its effect. @throws ApiProblem */
export async function callApi(path: string, call: ApiCall = {}): Promise<Response> {
  const response = await send(path, call);
  if (!response.ok) throw await toProblem(response);
  return response;
}

/** Calls the API and reads one JSON value. @throws ApiProblem */
export async function readApi<T>(
  path: string,
  schema: z.ZodType<T>,
  call: ApiCall = {},
): Promise<T> {
  return parseBody(await callApi(path, call), schema);
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Address of the next page; null on the last one. */
  readonly next: string | null;
}

/** Reads one page of a list, with the next one's address out of the `Link` header (RFC 8288). @throws ApiProblem */
export async function readPage<T>(
  path: string,
  schema: z.ZodType<T>,
  call: ApiCall = {},
): Promise<Page<T>> {
  const response = await callApi(path, call);
  const items = await parseBody(response, z.array(schema));
  return { items, next: nextOf(response.headers.get("link")) };
}

/** The target of `rel="next"` in a `Link` header. */
export function nextOf(link: string | null): string | null {
  return /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? "")?.[1] ?? null;
}

async function send(path: string, { method = "GET", body, signal }: ApiCall): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      cache: "no-store",
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem(
      "unreachable",
      method === "GET"
        ? "The server cannot be reached. Check the connection."
        : "The server cannot be reached. Nothing was changed; try again when the connection is back.",
    );
  }
}

async function toProblem(response: Response): Promise<ApiProblem> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) {
    return new ApiProblem("internal", `The server answered ${response.status}. Try again later.`);
  }
  const { code, message } = parsed.data.error;
  if (code === "unauthenticated") {
    return new ApiProblem(code, "You are signed out. Reload the page to sign in again.");
  }
  return new ApiProblem(code, message);
}

async function parseBody<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (parsed.success) return parsed.data;
  throw new ApiProblem(
    "internal",
    "The server and this page are of different versions. Reload the page.",
  );
}
