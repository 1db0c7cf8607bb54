import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { AppError } from "@/lib/errors/app-error";
import { incomingMessage } from "./incoming-message";

/** A request's body as a Node stream, read as fast as it is taken. Empty when there is none. */
export function bodyStream(request: Request): Readable {
  if (request.body === null) return Readable.from([]);
  const message = incomingMessage();
  if (message?.readableDidRead === false) return message;
  return Readable.fromWeb(request.body as ReadableStream);
}

/** A request's whole body, when it is small. @throws AppError `too_large` once it is over `maxBytes` */
export async function smallBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of request.body ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) {
      throw new AppError("too_large", `The body may have ${maxBytes} bytes at most.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
