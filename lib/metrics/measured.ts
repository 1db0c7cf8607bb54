import { isAppError } from "@/lib/errors/app-error";
import type { Metrics } from "./metrics";

/** Counts and times an append to a recording. Rethrows. */
export async function measuredAppend<T>(
  { appends, appendSeconds }: Pick<Metrics, "appends" | "appendSeconds">,
  append: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  try {
    const result = await append();
    appends.inc({ result: "ok" });
    appendSeconds.observe(secondsSince(startedAt));
    return result;
  } catch (error) {
    const isTheirs = isAppError(error) && error.httpStatus < 500;
    appends.inc({ result: isTheirs ? "refused" : "failed" });
    throw error;
  }
}

/** Counts and times the finishing of a recording. Rethrows. */
export async function measuredSeal<T extends string>(
  { seals, sealSeconds }: Pick<Metrics, "seals" | "sealSeconds">,
  seal: () => Promise<T>,
): Promise<T> {
  const startedAt = performance.now();
  try {
    const status = await seal();
    seals.inc({ result: status });
    sealSeconds.observe(secondsSince(startedAt));
    return status;
  } catch (error) {
    seals.inc({ result: "error" });
    throw error;
  }
}

export function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
