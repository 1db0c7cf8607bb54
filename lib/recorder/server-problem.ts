import { z } from "zod";

const problemSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** The code and the sentence of an error answer; null when it is not one of the product's own. */
export async function readProblem(
  response: Response,
): Promise<{ readonly code: string; readonly message: string } | null> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = problemSchema.safeParse(body);
  return parsed.success ? parsed.data.error : null;
}

/** Milliseconds the answer asks us to wait, from `Retry-After` in seconds; null when it does not say. */
export function retryAfterMs(headers: Headers): number | null {
  const seconds = Number(headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
