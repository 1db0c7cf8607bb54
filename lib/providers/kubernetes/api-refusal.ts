import { z } from "zod";

/** The parts of Kubernetes' `Status` object that say why something was refused. */
const statusSchema = z.object({
  message: z.string().optional(),
  reason: z.string().optional(),
});

/** The API server answered, and said no. `message` is its own sentence: for logs, not for users. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";

  constructor(
    /** HTTP's, such as 403, 404, 409 or 410. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }

  /** Out of an HTTP status and whatever body came with it. */
  static of(status: number, body: unknown): ApiRefusal {
    const parsed = statusSchema.safeParse(typeof body === "string" ? parseJson(body) : body);
    const { message, reason } = parsed.success ? parsed.data : {};
    return new ApiRefusal(status, message ?? reason ?? `The API server answered ${status}.`);
  }
}

/** Whether the API server gave this answer. */
export function isRefusal(error: unknown, status: number): error is ApiRefusal {
  return error instanceof ApiRefusal && error.status === status;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
