import { expect, test } from "vitest";
import { AppendRegistry } from "./append-registry";

const recordingId = "a recording";
const owner = { recordingId, userId: "its owner" };
const stranger = { recordingId, userId: "somebody else" };

test("a sender's new request ends their stalled one, and waits for it", async () => {
  const registry = new AppendRegistry({ stalledAfterMs: 0 });
  const stalled = await registry.enter(owner);
  const next = registry.enter(owner);
  expect(stalled.signal.aborted).toBe(true);
  stalled.leave();
  expect((await next).signal.aborted).toBe(false);
});

test("somebody else's request neither ends nor keeps out the owner's, however stalled", async () => {
  const registry = new AppendRegistry({ stalledAfterMs: 0 });
  const owners = await registry.enter(owner);
  await registry.enter(stranger);
  expect(owners.signal.aborted).toBe(false);
  owners.leave();
  await registry.enter(owner);
});
