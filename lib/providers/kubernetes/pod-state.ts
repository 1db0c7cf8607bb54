import { z } from "zod";
import { APP_CONTAINER, DISPLAY_CONTAINER } from "./container-names";

const terminatedSchema = z.object({
  exitCode: z.number(),
  reason: z.string().optional(),
  message: z.string().optional(),
  /** In whole seconds. */
  finishedAt: z.coerce.date().optional(),
});

const waitingSchema = z.object({
  reason: z.string().optional(),
  message: z.string().optional(),
});

const containerStatusSchema = z.object({
  name: z.string(),
  state: z
    .object({
      waiting: waitingSchema.optional(),
      terminated: terminatedSchema.optional(),
    })
    .optional(),
  /** How it ended before the cluster started it again. */
  lastState: z.object({ terminated: terminatedSchema.optional() }).optional(),
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
      initContainerStatuses: z.array(containerStatusSchema).default([]),
      containerStatuses: z.array(containerStatusSchema).default([]),
    })
    .default({ conditions: [], initContainerStatuses: [], containerStatuses: [] }),
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
  const end = firstEnd(status);
  if (status.phase === "Failed" || status.phase === "Succeeded") {
    return { kind: "over", reason: whyEnded(status, end) };
  }
  const isDeleting = (metadata.deletionTimestamp ?? null) !== null;
  if (isDeleting) return { kind: "over", reason: DELETED };
  if (end !== undefined) return { kind: "over", reason: exitOf(end) };
  const waits = waitsOf(status);
  const hopeless = waits.find(({ waiting }) => HOPELESS.has(waiting.reason ?? ""));
  if (hopeless !== undefined) return { kind: "stuck", reason: whatIsMissing(status, hopeless) };
  const isReady = status.conditions.some(
    ({ type, status: is }) => type === "Ready" && is === "True",
  );
  if (isReady && status.podIP !== undefined) return { kind: "ready", ip: status.podIP };
  return { kind: "starting", reason: whatIsMissing(status, waits[0]) };
}

export const DELETED: PodReason = { sentence: "Its pod was deleted.", words: "" };

/** What a container is to whoever reads of it: the session itself, or its display. */
interface Part {
  readonly it: "It" | "Its display";
  readonly its: "Its" | "Its display's";
}
const APP: Part = { it: "It", its: "Its" };
const DISPLAY: Part = { it: "Its display", its: "Its display's" };

type Wait = Part & { readonly waiting: Waiting };
type End = Part & { readonly terminated: Terminated };

/** What the containers wait for, in the order in which they are started. */
function waitsOf({ initContainerStatuses, containerStatuses }: Pod["status"]): readonly Wait[] {
  return [...initContainerStatuses, ...containerStatuses].flatMap(({ name, state }) => {
    const part = name === DISPLAY_CONTAINER ? DISPLAY : APP;
    return state?.waiting === undefined ? [] : [{ ...part, waiting: state.waiting }];
  });
}

/**
 * The end of the app or of its display, whichever ended the session. A display is started again by the cluster, but
 * without its windows: it has ended for good when it has ended once. Where both have, it is to blame only if it failed no
 * later than the app: it is told to end when the app has.
 */
function firstEnd({ initContainerStatuses, containerStatuses }: Pod["status"]): End | undefined {
  const app = containerStatuses.find(({ name }) => name === APP_CONTAINER)?.state?.terminated;
  const { lastState, state } =
    initContainerStatuses.find(({ name }) => name === DISPLAY_CONTAINER) ?? {};
  const display = lastState?.terminated ?? state?.terminated;
  if (display !== undefined && (app === undefined || failedBefore(display, app))) {
    return { ...DISPLAY, terminated: display };
  }
  return app === undefined ? undefined : { ...APP, terminated: app };
}

function failedBefore(display: Terminated, app: Terminated): boolean {
  if (display.finishedAt === undefined || app.finishedAt === undefined) return false;
  const hasFailed = display.exitCode !== 0 && display.exitCode !== SIGTERM_CODE;
  return hasFailed && display.finishedAt <= app.finishedAt;
}
/** Of a program that ended because it was told to. */
const SIGTERM_CODE = 143;

/** The reasons a container waits for that do not pass by themselves. */
const HOPELESS: ReadonlyMap<string, string> = new Map([
  ["ImagePullBackOff", "image cannot be pulled."],
  ["InvalidImageName", "image's name is not valid."],
  ["ErrImageNeverPull", "image is not on the node, and may not be pulled."],
]);

function whatIsMissing(status: Pod["status"], wait: Wait | undefined): PodReason {
  const scheduled = status.conditions.find(({ type }) => type === "PodScheduled");
  if (scheduled?.status === "False") {
    return because("No node of the cluster has room for it.", scheduled.message);
  }
  if (wait === undefined) return because("It does not answer yet.", undefined);
  const { its, waiting } = wait;
  const words = waiting.message;
  const hopeless = HOPELESS.get(waiting.reason ?? "");
  if (hopeless !== undefined) return because(`${its} ${hopeless}`, words);
  switch (waiting.reason) {
    case "ErrImagePull":
      return because(`${its} image could not be pulled yet.`, words);
    case "CreateContainerConfigError":
      return because(`${its} container waits for its configuration.`, words);
    default:
      return because(`${its} container is being created.`, words ?? waiting.reason);
  }
}

/** Why a pod ended: the node's reason before the container's. */
function whyEnded({ reason, message }: Pod["status"], end: End | undefined): PodReason {
  if (reason !== undefined)
    return because(ENDS.get(reason) ?? "Its pod failed.", message ?? reason);
  return end === undefined ? because("Its pod ended.", undefined) : exitOf(end);
}

const ENDS: ReadonlyMap<string, string> = new Map([
  ["Evicted", "Its node ran short of memory or disk and evicted it."],
  ["DeadlineExceeded", "It ran longer than a session may."],
  ["Preempting", "It made room for a pod of a higher priority."],
  ["NodeShutdown", "Its node was shut down."],
  ["Terminated", "Its node was shut down."],
  ["NodeLost", "Its node was lost."],
]);

function exitOf({ it, its, terminated }: End): PodReason {
  const { reason, message: words, exitCode } = terminated;
  switch (reason) {
    case "OOMKilled":
      return because(`${it} used more memory than its limit and was killed.`, words ?? reason);
    case "Completed":
      return because(`${it} ended by itself.`, words);
    case "StartError":
    case "ContainerCannotRun":
      return because(`${its} container could not be started.`, words);
    default:
      return because(`${it} ended with code ${exitCode}.`, words);
  }
}

function because(sentence: string, words: string | undefined): PodReason {
  return { sentence, words: words ?? "" };
}
