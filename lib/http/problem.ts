import { isDatabaseUnavailable, isTextRefused } from "@/lib/db/database-error";
import { AppError, isAppError } from "@/lib/errors/app-error";
import type { Logger } from "@/lib/logging/logger";

export interface ProblemContext {
  readonly requestId: string;
  readonly route: string;
  readonly log: Logger;
}

const DATABASE_RETRY_SECONDS = 5;

/**
 * Turns whatever was thrown into an answer: `{error: {code, message, request_id}}`. What is our
 * fault is logged with its stack under the request id, and the caller learns only that id.
 */
export function problemResponse(
  error: unknown,
  { requestId, route, log }: ProblemContext,
): Response {
  const problem = asAppError(error);
  const status = problem.httpStatus;
  if (status >= 500) log.error({ err: error, requestId, route }, `${route} failed`);
  else log.debug({ err: error, requestId, route }, `${route} refused`);

  const headers = new Headers(problem.headers);
  headers.set("cache-control", "no-store");
  headers.set("x-request-id", requestId);
  if (problem.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(Math.ceil(problem.retryAfterSeconds)));
  }
  const body = { error: { code: problem.code, message: problem.message, request_id: requestId } };
  return Response.json(body, { status, headers });
}

function asAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  if (isDatabaseUnavailable(error)) {
    return new AppError(
      "unavailable",
      "The database cannot be reached right now. Try again in a few seconds.",
      {
        cause: error,
        retryAfterSeconds: DATABASE_RETRY_SECONDS,
      },
    );
  }
  if (isTextRefused(error)) {
    return new AppError("bad_request", "A text holds a character that cannot be kept (U+0000).", {
      cause: error,
    });
  }
  if (isGoneCaller(error)) {
    return new AppError("bad_request", "The connection closed before the request was complete.", {
      cause: error,
    });
  }
  return new AppError(
    "internal",
    "Something went wrong on the server. Try again; if it stays, give an administrator the request id.",
    { cause: error },
  );
}

/** The caller hung up while we read its body: nobody's fault, and nobody reads the answer. */
function isGoneCaller(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return (
    error.name === "ResponseAborted" ||
    code === "ECONNRESET" ||
    code === "ERR_STREAM_PREMATURE_CLOSE"
  );
}
