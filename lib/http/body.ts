import { AppError } from "@/lib/errors/app-error";
import { smallBody, type SmallBodyOptions } from "./request-body";

const MAX_BODY_BYTES = 64 * 1024;

/** A request's JSON body; `{}` when it has none. @throws AppError `bad_request`, `too_large`, `request_timeout` */
export async function readJson(request: Request, options?: SmallBodyOptions): Promise<unknown> {
  const text = await readText(request, options);
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("bad_request", "The body is not JSON. Send a JSON object.");
  }
}

/** The fields of an HTML form's body. @throws AppError `too_large`, `request_timeout` */
export async function readForm(
  request: Request,
  options?: SmallBodyOptions,
): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await readText(request, options)));
}

async function readText(request: Request, options?: SmallBodyOptions): Promise<string> {
  return new TextDecoder().decode(await smallBody(request, MAX_BODY_BYTES, options));
}
