import { AppError } from "@/lib/errors/app-error";

const MAX_BODY_BYTES = 64 * 1024;

/** A request's JSON body; `{}` when it has none. @throws AppError `bad_request`, `too_large` */
export async function readJson(request: Request): Promise<unknown> {
  const text = await readText(request);
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("bad_request", "The body is not JSON. Send a JSON object.");
  }
}

/** The fields of an HTML form's body. @throws AppError `too_large` */
export async function readForm(request: Request): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await readText(request)));
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > MAX_BODY_BYTES) throw new AppError("too_large", "The body is over 64 KiB.");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
