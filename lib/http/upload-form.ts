import type { Readable } from "node:stream";
import busboy, { type Busboy } from "busboy";
import { AppError } from "@/lib/errors/app-error";
import { bodyStream } from "./request-body";

/** Ample for an id and a number. */
const LIMITS = { files: 1, fields: 16, fieldSize: 1_024, fieldNameSize: 100, parts: 17 };

/** A `multipart/form-data` body (RFC 7578) of small fields and one file, as far as the file's first byte. */
export interface UploadForm {
  /** The fields that came before the file. */
  readonly fields: Readonly<Record<string, string>>;
  /** The file's bytes as they arrive. Ends with an error when the form breaks off. */
  readonly file: Readable;
  /** Lets go of whatever is still unread, so that the connection can be answered and used again. */
  discard(): void;
}

/**
 * Reads a form up to its file, which is then taken as a stream: it is never kept in memory or on disk here.
 * @throws AppError `bad_request` when the form is malformed, breaks off or has no part `file`
 */
export async function readUploadForm(request: Request): Promise<UploadForm> {
  const parser = parserFor(request);
  const body = bodyStream(request);
  const discard = () => {
    body.unpipe(parser);
    body.resume();
  };
  try {
    const { fields, file } = await untilFile(body, parser);
    return { fields, file, discard };
  } catch (error) {
    discard();
    throw error;
  }
}

function parserFor({ headers }: Request): Busboy {
  try {
    return busboy({
      headers: { "content-type": headers.get("content-type") ?? "" },
      limits: LIMITS,
    });
  } catch (cause) {
    throw malformed("Send the file as multipart/form-data, with its boundary.", cause);
  }
}

function untilFile(body: Readable, parser: Busboy): Promise<Pick<UploadForm, "fields" | "file">> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  return new Promise((resolve, reject) => {
    parser.on("field", (name, value) => (fields[name] = value));
    parser.on("file", (name, file) => {
      // Until somebody listens, an error of the stream would end the process.
      file.on("error", () => undefined);
      if (name === "file") resolve({ fields, file });
      else file.resume();
    });
    parser.on("error", (cause) => reject(malformed("It is malformed or broke off.", cause)));
    parser.on("close", () => reject(malformed("It has no part named “file”.")));
    // `pipe` passes on the end of the body, but not that it broke off; that is told when it closes.
    body.on("error", () => undefined);
    body.on("close", () => {
      if (!body.readableEnded) parser.destroy(new Error("the body broke off"));
    });
    body.pipe(parser);
  });
}

function malformed(what: string, cause?: unknown): AppError {
  return new AppError("bad_request", `The form cannot be read. ${what}`, { cause });
}
