/**
 * The one table from error code to HTTP status. A code is part of the API: clients may switch on it.
 */
export const HTTP_STATUS_BY_CODE = {
  bad_request: 400,
  unauthenticated: 401,
  wrong_credentials: 401,
  wrong_password: 403,
  account_disabled: 403,
  no_role: 403,
  forbidden: 403,
  bad_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  session_not_running: 409,
  recording_not_ready: 409,
  recording_closed: 409,
  offset_mismatch: 409,
  illegal_transition: 409,
  /** Under legal hold. */
  held: 409,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  expectation_failed: 417,
  upload_locked: 423,
  rate_limited: 429,
  headers_too_large: 431,
  internal: 500,
  unavailable: 503,
  app_unavailable: 503,
  insufficient_storage: 507,
} as const;

export type ErrorCode = keyof typeof HTTP_STATUS_BY_CODE;

export interface AppErrorOptions {
  /** What went wrong underneath; logged, never sent to a client. */
  readonly cause?: unknown;
  /** Seconds after which trying again makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** Extra response headers a protocol demands, such as `Upload-Offset` or `Content-Range`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What an operator should look at, for the log and `/readyz`; no address, path or secret. */
  readonly advice?: string;
  /** Where a failure is told later, in other words around it: what happened, as one sentence for anybody. */
  readonly why?: string;
}

// Route handlers and the server are bundled apart, so `instanceof` cannot tell our errors: a registered symbol can.
const brand = Symbol.for("sortie.AppError");

/** An error whose `message` is a sentence for the user that says what happened and what to do. */
export class AppError extends Error {
  readonly [brand] = true;
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly advice: string | undefined;
  readonly why: string | undefined;

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers ?? {};
    this.advice = options.advice;
    this.why = options.why;
  }

  get httpStatus(): number {
    return HTTP_STATUS_BY_CODE[this.code];
  }
}

/** Tells our own errors from anybody else's, across bundles. */
export function isAppError(error: unknown): error is AppError {
  return typeof error === "object" && error !== null && brand in error;
}
