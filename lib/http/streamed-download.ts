import { attachment } from "./content-disposition";

interface Download {
  readonly filename: string;
  readonly contentType: string;
}

/**
 * Answers with a text that is made as the client reads it: nothing waits but the part that is being sent.
 * The first part is made before the answer begins, so that what fails at once is a proper problem; what
 * fails later breaks the connection, because half a file must not look whole. A client that goes away ends
 * `parts` (its `finally` runs).
 */
export async function streamedDownload(
  parts: AsyncIterable<string>,
  { filename, contentType }: Download,
): Promise<Response> {
  const iterator = parts[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let next: IteratorResult<string> | null = await iterator.next();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const part = next ?? (await iterator.next());
        next = null;
        if (part.done) controller.close();
        else controller.enqueue(encoder.encode(part.value));
      },
      cancel: async () => {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": contentType,
      "content-disposition": attachment(filename),
      "x-content-type-options": "nosniff",
    },
  });
}
