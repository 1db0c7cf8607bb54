import { z } from "zod";

const terminatedSchema = z.object({
  exitCode: z.number(),
  reason: z.string().optional(),
  message: z.string().optional(),
});

const waitingSchema = z.object({
  reason: z.string().optional(),
  message: z.string().optional(),
});

const containerStatusSchema = z.object({
  state: z
    .object({
      waiting: waitingSchema.optional(),
      terminated: terminatedSchema.optional(),
    })
    .optional(),
});

/** What the product reads of a pod; the same whether it comes from a list, a watch or an answer. */
export const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    creationTimestamp: z.coerce.date(),
    deletionTimestamp: z.union([z.string(), z.date()]).nullish(),
  }),
  status: z
    .object({
      phase: z.string().optional(),
      podIP: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional(),
            message: z.string().optional(),
          }),
        )
        .default([]),
      containerStatuses: z.array(containerStatusSchema).default([]),
    })
    .default({ conditions: [], containerStatuses: [] }),
});

export type Pod = z.output<typeof podSchema>;
type Waiting = z.output<typeof waitingSchema>;
type Terminated = z.output<typeof terminatedSchema>;

/** Why a pod is not there to be used: a sentence for anybody, and the cluster's own words for an operator. */
export interface PodReason {
  readonly sentence: string;
  readonly words: string;
}

/** What a pod's status means for a session. */
export type PodState =
  | { readonly kind: "ready"; readonly ip: string }
  | { readonly kind: "starting"; readonly reason: PodReason }
  /** Waiting longer would not help. */
  | { readonly kind: "stuck"; readonly reason: PodReason }
  | { readonly kind: "over"; readonly reason: PodReason };

/** Reads a pod's state out of its phase, conditions and container statuses (Kubernetes API, core/v1 PodStatus). */
export function stateOf({ metadata, status }: Pod): PodState {
  if (status.phase === "Failed" || status.phase === "Succeeded") {
    return { kind: "over", reason: endOf(status) };
  }
  const isDeleting = (metadata.deletionTimestamp ?? null) !== null;
  if (isDeleting) return { kind: "over", reason: DELETED };
  const waiting = status.containerStatuses.find(({ state }) => state?.waiting)?.state?.waiting;
  const hopeless = HOPELESS.get(waiting?.reason ?? "");
  if (hopeless !== undefined) {
    return { kind: "stuck", reason: because(hopeless, waiting?.message) };
  }
  const isReady = status.conditions.some(
    ({ type, status: is }) => type === "Ready" && is === "True",
  );
  if (isReady && status.podIP !== undefined) return { kind: "ready", ip: status.podIP };
  return { kind: "starting", reason: whatIsMissing(status, waiting) };
}

export const DELETED: PodReason = { sentence: "Its pod was deleted.", words: "" };

/** The reasons a container waits for that do not pass by themselves. */
const HOPELESS: ReadonlyMap<string, string> = new Map([
  ["ImagePullBackOff", "Its image cannot be pulled."],
  ["InvalidImageName", "Its image's name is not valid."],
  ["ErrImageNeverPull", "Its image is not on the node, and may not be pulled."],
]);

function whatIsMissing(status: Pod["status"], waiting: Waiting | undefined): PodReason {
  const scheduled = status.conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    return because("No node of the cluster has room for it.", scheduled.message);
  }
  switch (waiting?.reason) {
    case undefined:
      return because("It does not answer yet.", undefined);
    case "ErrImagePull":
      return because("Its image could not be pulled yet.", waiting.message);
    case "CreateContainerConfigError":
      return because("Its container waits for its configuration.", waiting.message);
    default:
      return because("Its container is being created.", waiting?.message ?? waiting?.reason);
  }
}

/** Why a pod ended: the node's reason before the container's. */
function endOf(status: Pod["status"]): PodReason {
  const { reason, message } = status;
  if (reason === undefined) return exitOf(status.containerStatuses[0]?.state?.terminated);
  return because(ENDS.get(reason) ?? "Its pod failed.", message ?? reason);
}

const ENDS: ReadonlyMap<string, string> = new Map([
  ["Evicted", "Its node ran short of memory or disk and evicted it."],
  ["DeadlineExceeded", "It ran longer than a session may."],
  ["Preempting", "It made room for a pod of a higher priority."],
  ["NodeShutdown", "Its node was shut down."],
  ["Terminated", "Its node was shut down."],
  ["NodeLost", "Its node was lost."],
]);

function exitOf(terminated: Terminated | undefined): PodReason {
  const words = terminated?.message;
  switch (terminated?.reason) {
    case undefined:
      return because("Its pod ended.", words);
    case "OOMKilled":
      return because("It used more memory than its limit and was killed.", words ?? "OOMKilled");
    case "Completed":
      return because("It ended by itself.", words);
    case "StartError":
    case "ContainerCannotRun":
      return because("Its container could not be started.", words);
    default:
      return because(`It ended with code ${terminated?.exitCode ?? "unknown"}.`, words);
  }
}

function because(sentence: string, words: string | undefined): PodReason {
  return { sentence, words: words ?? "" };
}
