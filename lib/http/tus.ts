import { AppError } from "@/lib/errors/app-error";

/**
 * The rules of tus 1.0.0 (https://tus.io/protocols/resumable-upload) that do not depend on what is
 * uploaded. Each guard stands under its sentence of the protocol.
 */

const TUS_VERSION = "1.0.0";
const TUS_EXTENSIONS = "creation,creation-defer-length,termination";
const OFFSET_STREAM = "application/offset+octet-stream";

type Handler<Context> = (request: Request, context: Context) => Promise<Response>;
type UploadMethod = "OPTIONS" | "HEAD" | "PATCH" | "DELETE" | "POST";
type UploadHandlers<Context> = Readonly<Record<UploadMethod, Handler<Context>>>;

/** "The Tus-Resumable header MUST be included in every request and response except for OPTIONS requests." */
export function tusHandler<Context>(handler: Handler<Context>): Handler<Context> {
  return async (request, context) => {
    const response = await handler(request, context);
    response.headers.set("Tus-Resumable", TUS_VERSION);
    return response;
  };
}

/**
 * The handlers of an upload's address. "The X-HTTP-Method-Override request header MUST be a string which
 * MUST be interpreted as the request's method by the Server, if the header is presented. The actual
 * method of the request MUST be ignored." What it names in vain is left to `POST`, which refuses.
 */
export function uploadHandlers<Context>(
  handlers: UploadHandlers<Context>,
): UploadHandlers<Context> {
  const answerTo = (method: UploadMethod) =>
    tusHandler<Context>((request, context) => {
      const override = request.headers.get("x-http-method-override");
      if (override === null || override === method) return handlers[method](request, context);
      const meant = isUploadMethod(override) ? override : "POST";
      return handlers[meant](asIfSentWith(request, meant), context);
    });
  return {
    OPTIONS: answerTo("OPTIONS"),
    HEAD: answerTo("HEAD"),
    PATCH: answerTo("PATCH"),
    DELETE: answerTo("DELETE"),
    POST: answerTo("POST"),
  };
}

function isUploadMethod(text: string): text is UploadMethod {
  return ["OPTIONS", "HEAD", "PATCH", "DELETE", "POST"].includes(text);
}

/** So that what is refused by its method, such as a change that another site asks for, still is. */
function asIfSentWith(request: Request, method: UploadMethod): Request {
  const bodyless = ["OPTIONS", "HEAD"].includes(request.method);
  return bodyless ? new Request(request.url, { method, headers: request.headers }) : request;
}

/** Refuses a request that says neither by its method nor by the override what it wants of an upload. */
export function refusePlainPost(): never {
  throw new AppError(
    "bad_request",
    "Send PATCH, HEAD or DELETE, or POST with one of them as “X-HTTP-Method-Override”.",
  );
}

/**
 * "If the version specified by the Client is not supported by the Server, it MUST respond with the 412
 * Precondition Failed status and MUST include the Tus-Version header into the response. In addition,
 * the Server MUST NOT process the request."
 */
export function requireTusVersion({ headers }: Request): void {
  if (headers.get("tus-resumable") === TUS_VERSION) return;
  throw new AppError("precondition_failed", `Send “Tus-Resumable: ${TUS_VERSION}”.`, {
    headers: { "Tus-Version": TUS_VERSION },
  });
}

/**
 * "All PATCH requests MUST use Content-Type: application/offset+octet-stream, otherwise the server
 * SHOULD return a 415 Unsupported Media Type status."
 */
export function requireOffsetStream({ headers }: Request): void {
  const [type = ""] = (headers.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() === OFFSET_STREAM) return;
  throw new AppError("unsupported_media_type", `Send “Content-Type: ${OFFSET_STREAM}”.`);
}

/** "The Upload-Offset header's value MUST be a non-negative integer." */
export function uploadOffsetOf({ headers }: Request): number {
  const offset = count(headers, "upload-offset");
  if (offset !== null) return offset;
  throw new AppError("bad_request", "Send the byte offset of the body as “Upload-Offset”.");
}

/**
 * "The Upload-Length header indicates the size of the entire upload in bytes. The value MUST be a
 * non-negative integer." With creation-defer-length, "once it is known the Client MUST set the
 * Upload-Length header in the next PATCH request". Null when the request has none.
 */
export function uploadLengthOf({ headers }: Request): number | null {
  return count(headers, "upload-length");
}

/**
 * The length that a request to make an upload announces; null when that comes later, and for a request
 * that is not of tus at all. "The request MUST include one of the following headers: Upload-Length […],
 * Upload-Defer-Length: 1 […] If the value contains any other value than 1 the server should return a
 * 400 Bad Request status." And: "If the length of the upload exceeds the maximum […] the Server MUST
 * respond with the 413 Request Entity Too Large status."
 */
export function announcedLengthOf(request: Request, maxSizeBytes: number): number | null {
  const { headers } = request;
  if (!headers.has("tus-resumable")) return null;
  requireTusVersion(request);
  const length = uploadLengthOf(request);
  const isDeferred = headers.get("upload-defer-length");
  if (isDeferred === null ? length === null : isDeferred !== "1" || length !== null) {
    throw new AppError("bad_request", "Send either “Upload-Length” or “Upload-Defer-Length: 1”.");
  }
  if (length === null || length <= maxSizeBytes) return length;
  throw new AppError("too_large", `A recording may have ${maxSizeBytes} bytes at most.`);
}

function count(headers: Headers, name: string): number | null {
  const text = headers.get(name);
  if (text === null) return null;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new AppError("bad_request", `The ${name} header must be a whole number of bytes.`);
}

/** "A successful response indicated by the 204 No Content or 200 OK status MUST contain the Tus-Version header." */
export function capabilities(maxSizeBytes: number): Response {
  const headers = {
    "Tus-Version": TUS_VERSION,
    "Tus-Extension": TUS_EXTENSIONS,
    "Tus-Max-Size": String(maxSizeBytes),
  };
  return new Response(null, { status: 204, headers });
}

export interface UploadProgress {
  readonly uploadOffset: number;
  readonly uploadLength: number | null;
}

/**
 * Answers HEAD. "The Server MUST always include the Upload-Offset header in the response for a HEAD
 * request […] If the size of the upload is known, the Server MUST include the Upload-Length header.
 * […] The Server MUST prevent the client and/or proxies from caching the response by adding
 * Cache-Control: no-store." And: "As long as the length of the upload is not known, the Server MUST
 * set Upload-Defer-Length: 1 in all responses to HEAD requests."
 */
export function uploadStatus({ uploadOffset, uploadLength }: UploadProgress): Response {
  const length: Record<string, string> =
    uploadLength === null
      ? { "Upload-Defer-Length": "1" }
      : { "Upload-Length": String(uploadLength) };
  const headers = {
    "Upload-Offset": String(uploadOffset),
    "Cache-Control": "no-store",
    ...length,
  };
  return new Response(null, { status: 200, headers });
}

/**
 * Answers PATCH. "The Server MUST acknowledge successful PATCH requests with the 204 No Content
 * status. It MUST include the Upload-Offset header containing the new offset."
 */
export function uploadAcknowledged(
  { uploadOffset }: UploadProgress,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(null, {
    status: 204,
    headers: { ...headers, "Upload-Offset": String(uploadOffset) },
  });
}
