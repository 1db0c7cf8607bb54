/** A container did not come to be used; `message` is a sentence for its user. */
export class StartProblem extends Error {
  override readonly name = "StartProblem";
}

/** Why a container did not start, for its user: the engine's own words are in the log. */
export function whyNotStarted(error: unknown): string {
  if (error instanceof StartProblem) return error.message;
  if (error instanceof Error && error.name === "TimeoutError") return "It did not answer in time.";
  return "The container engine could not run it.";
}
