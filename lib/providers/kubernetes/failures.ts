import { AppError } from "@/lib/errors/app-error";
import { ApiRefusal } from "./api-refusal";
import { PodFailure } from "./until-ready";

/** For its user: no name of a node or image, those are in the log. */
export function whyNotStarted(error: unknown): string {
  if (error instanceof PodFailure) return error.reason.sentence;
  if (error instanceof AppError) return error.message;
  if (error instanceof ApiRefusal) {
    const isQuota = error.status === 403 && error.message.includes("quota");
    if (isQuota) return "The cluster's quota for sessions is used up.";
    return "The cluster refused it.";
  }
  return "The cluster cannot be reached.";
}

/** The session's pod is not there. */
export function notRunning(): AppError {
  return new AppError("session_not_running", "This session is over. Launch the app again.");
}

/** The pod is there, but no connection to it comes about. */
export function unreachable(cause: unknown): AppError {
  return new AppError("unavailable", "The session's pod cannot be reached just now.", {
    cause,
    advice:
      "Let the product's pods through the network policies, or set SORTIE_KUBERNETES_CONNECT=port-forward.",
  });
}

/** The API server gives no answer, or none that helps. */
export function clusterAway(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const isRefused = cause instanceof ApiRefusal && [401, 403].includes(cause.status);
  const sentence = isRefused
    ? "The cluster does not let this server run sessions. An administrator has to give its service account the permissions that docs/kubernetes.md lists."
    : "The cluster cannot be reached just now. Try again later.";
  return new AppError("unavailable", sentence, { cause });
}
