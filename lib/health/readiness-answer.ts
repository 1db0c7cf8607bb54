import { checkReadiness, type Check, type ReadinessDeps } from "./check-readiness";

export interface ReadinessAnswer {
  readonly httpStatus: 200 | 503;
  readonly body: {
    readonly status: "ready" | "not_ready" | "draining";
    readonly checks: Readonly<Record<string, Check>>;
  };
}

/** What `/readyz` says. A process that was told to stop says so at once and looks at nothing. */
export async function readinessAnswer(
  deps: ReadinessDeps & { readonly stopping: AbortSignal },
): Promise<ReadinessAnswer> {
  if (deps.stopping.aborted) return { httpStatus: 503, body: { status: "draining", checks: {} } };
  const { ready, checks } = await checkReadiness(deps);
  return ready
    ? { httpStatus: 200, body: { status: "ready", checks } }
    : { httpStatus: 503, body: { status: "not_ready", checks } };
}
