import { DELETED, type Pod, type PodReason, stateOf } from "./pod-state";
import type { PodWatch } from "./pod-watch";

/** A pod did not become what it was to be; `message` is the operator's. */
export class PodFailure extends Error {
  override readonly name = "PodFailure";

  constructor(
    readonly reason: PodReason,
    note = "",
  ) {
    super([reason.sentence, reason.words, note].filter((part) => part !== "").join(" "));
  }
}

const SERVER_STOPS: PodReason = { sentence: "The server is stopping.", words: "" };

export interface Patience {
  readonly timeoutMs: number;
  /** Gives up at once. */
  readonly signal: AbortSignal;
}

/** Resolves when the pod can be used, as soon as the watch says so. @throws PodFailure with the reason */
export function untilReady(
  watch: PodWatch,
  name: string,
  { timeoutMs, signal }: Patience,
): Promise<Pod> {
  return new Promise((resolve, reject) => {
    let reason: PodReason = { sentence: "The cluster said nothing of its pod.", words: "" };
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      stopListening();
    };
    const fail = (failure: PodFailure) => {
      end();
      reject(failure);
    };
    const judge = (pod: Pod, isGone: boolean) => {
      if (pod.metadata.name !== name) return;
      const state = stateOf(pod);
      if (isGone) fail(new PodFailure(DELETED));
      else if (state.kind === "ready") {
        end();
        resolve(pod);
      } else if (state.kind === "starting") reason = state.reason;
      else fail(new PodFailure(state.reason));
    };
    const onAbort = () => fail(new PodFailure(SERVER_STOPS));
    signal.addEventListener("abort", onAbort);
    const timer = setTimeout(() => {
      fail(new PodFailure(reason, `(after ${timeoutMs / 1_000} s)`));
    }, timeoutMs);
    const stopListening = watch.listen(judge);
    const known = watch.find(name);
    if (signal.aborted) onAbort();
    else if (known !== undefined) judge(known, false);
  });
}
