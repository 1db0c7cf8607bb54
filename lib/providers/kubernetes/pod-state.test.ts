import { expect, test } from "vitest";
import { podSchema, stateOf } from "./pod-state";

const metadata = {
  name: "sortie-session-1",
  uid: "a",
  resourceVersion: "1",
  creationTimestamp: "2026-11-21T17:00:00Z",
};
const ready = { type: "Ready", status: "True" };
const READY = { phase: "Running", podIP: "10.0.0.7", conditions: [ready] };

const judge = (status: object, more: object = {}) =>
  stateOf(podSchema.parse({ metadata: { ...metadata, ...more }, status }));
const waiting = (reason: string, message?: string) => ({
  phase: "Pending",
  containerStatuses: [{ state: { waiting: { reason, message } } }],
});
const ended = (terminated: object) => ({
  phase: "Failed",
  containerStatuses: [{ state: { terminated } }],
});

test("a pod is ready when its container answers and its address is known", () => {
  expect(judge(READY)).toEqual({ kind: "ready", ip: "10.0.0.7" });
  expect(judge({ ...READY, podIP: undefined }).kind).toBe("starting");
  expect(judge({ ...READY, conditions: [{ type: "Ready", status: "False" }] }).kind).toBe(
    "starting",
  );
});

test("a pod that is being deleted is over, however ready it still looks", () => {
  for (const deletionTimestamp of ["2026-11-21T17:01:00Z", new Date()]) {
    expect(judge(READY, { deletionTimestamp })).toMatchObject({
      kind: "over",
      reason: { sentence: "Its pod was deleted." },
    });
  }
  expect(judge(READY, { deletionTimestamp: null }).kind).toBe("ready");
});

test.each([
  ["ErrImagePull", "starting", "Its image could not be pulled yet."],
  ["ImagePullBackOff", "stuck", "Its image cannot be pulled."],
  ["InvalidImageName", "stuck", "Its image's name is not valid."],
  ["ErrImageNeverPull", "stuck", "Its image is not on the node, and may not be pulled."],
  ["CreateContainerConfigError", "starting", "Its container waits for its configuration."],
  ["ContainerCreating", "starting", "Its container is being created."],
])("a container that waits because of %s is %s: %s", (reason, kind, sentence) => {
  expect(judge(waiting(reason, "the node's words"))).toEqual({
    kind,
    reason: { sentence, words: "the node's words" },
  });
});

test("a pod that no node takes says so, in the scheduler's words", () => {
  const message = "0/3 nodes are available: 3 Insufficient cpu.";
  const condition = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
  expect(judge({ phase: "Pending", conditions: [condition] })).toEqual({
    kind: "starting",
    reason: { sentence: "No node of the cluster has room for it.", words: message },
  });
});

test.each([
  ["Evicted", "Its node ran short of memory or disk and evicted it."],
  ["DeadlineExceeded", "It ran longer than a session may."],
  ["Preempting", "It made room for a pod of a higher priority."],
  ["NodeShutdown", "Its node was shut down."],
  ["Something new", "Its pod failed."],
])("a pod that ended because of %s: %s", (reason, sentence) => {
  const state = judge({ phase: "Failed", reason, message: "words" });
  expect(state).toEqual({ kind: "over", reason: { sentence, words: "words" } });
});

test.each([
  [{ exitCode: 137, reason: "OOMKilled" }, "It used more memory than its limit and was killed."],
  [{ exitCode: 0, reason: "Completed" }, "It ended by itself."],
  [{ exitCode: 128, reason: "StartError" }, "Its container could not be started."],
  [{ exitCode: 3, reason: "Error" }, "It ended with code 3."],
])("a container that ended with %o: %s", (terminated, sentence) => {
  expect(judge(ended(terminated))).toMatchObject({ kind: "over", reason: { sentence } });
});
