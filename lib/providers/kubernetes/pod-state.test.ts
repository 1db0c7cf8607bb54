import { describe, expect, test } from "vitest";
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
  containerStatuses: [{ name: "app", state: { waiting: { reason, message } } }],
});
const ended = (terminated: object) => ({
  phase: "Failed",
  containerStatuses: [{ name: "app", state: { terminated } }],
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

describe("an app whose display is a sidecar", () => {
  const display = (status: object) => [
    // Put there by others, as service meshes do: they have their ends, too.
    { name: "proxy-init", state: { terminated: { exitCode: 0, reason: "Completed" } } },
    { name: "display", ...status },
  ];
  const app = (state: object) => [
    { name: "proxy", state: { running: {} } },
    { name: "app", state },
  ];
  const pair = (displayStatus: object, appState: object, more: object = READY) =>
    judge({
      ...more,
      initContainerStatuses: display(displayStatus),
      containerStatuses: app(appState),
    });
  const running = { running: {} };
  const at = (second: number) => `2026-11-21T17:05:0${second}Z`;
  const killed = (second: number) => ({
    terminated: { exitCode: 137, reason: "OOMKilled", finishedAt: at(second) },
  });
  const endedAt = (second: number, exitCode: number) => ({
    terminated: {
      exitCode,
      reason: exitCode === 0 ? "Completed" : "Error",
      finishedAt: at(second),
    },
  });

  test("is ready when both are", () => {
    expect(pair({ state: running }, running).kind).toBe("ready");
  });

  test.each([
    ["ImagePullBackOff", "stuck", "Its display's image cannot be pulled."],
    ["ErrImagePull", "starting", "Its display's image could not be pulled yet."],
    ["ContainerCreating", "starting", "Its display's container is being created."],
  ])("waits for its display, which waits because of %s: %s, %s", (reason, kind, sentence) => {
    const state = { waiting: { reason } };
    const initializing = { waiting: { reason: "PodInitializing" } };
    const found = pair({ state }, initializing, { phase: "Pending" });
    expect(found).toMatchObject({ kind, reason: { sentence } });
  });

  test("is over when its display failed, though the cluster starts that again", () => {
    for (const state of [running, { waiting: { reason: "CrashLoopBackOff" } }]) {
      expect(pair({ state, lastState: killed(1) }, running)).toMatchObject({
        kind: "over",
        reason: { sentence: "Its display used more memory than its limit and was killed." },
      });
    }
  });

  test("is over when it ended, before its pod is", () => {
    expect(pair({ state: running }, endedAt(1, 0))).toMatchObject({
      kind: "over",
      reason: { sentence: "It ended by itself." },
    });
  });

  test.each([
    [
      "the display failed, and the app for want of it",
      killed(1),
      endedAt(1, 1),
      "Its display used",
    ],
    [
      "the app failed, and the display was told to end",
      endedAt(2, 143),
      endedAt(2, 3),
      "It ended with code 3.",
    ],
    [
      "the app failed, and the display ended in order",
      endedAt(2, 0),
      endedAt(2, 3),
      "It ended with code 3.",
    ],
    [
      "the app ended, and the display had to be killed",
      killed(6),
      endedAt(1, 0),
      "It ended by itself.",
    ],
  ])("tells whose end it was: %s", (_what, displayState, appState, beginning) => {
    const state = pair({ state: displayState }, appState, { phase: "Failed" });
    expect(state).toMatchObject({
      kind: "over",
      reason: { sentence: expect.stringMatching(new RegExp(`^${beginning}`)) as string },
    });
  });
});
