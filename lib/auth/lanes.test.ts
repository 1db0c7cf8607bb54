import { expect, test } from "vitest";
import { createLanes } from "./lanes";

function task() {
  let finish: () => void = () => undefined;
  let started = false;
  const done = new Promise<void>((resolve) => (finish = resolve));
  const run = async () => {
    started = true;
    await done;
  };
  return { run, finish: () => finish(), started: () => started };
}

test("no more tasks run than there are lanes, and the next begins when one ends", async () => {
  const lanes = createLanes({ running: 1, waiting: 1 }, () => new Error("full"));
  const [first, second] = [task(), task()];
  const firstDone = lanes(first.run);
  const secondDone = lanes(second.run);
  expect([first.started(), second.started()]).toEqual([true, false]);
  first.finish();
  await firstDone;
  second.finish();
  await secondDone;
  expect(second.started()).toBe(true);
});

test("who finds lanes and queue full is refused at once, and a lane is free again after a failure", async () => {
  const lanes = createLanes({ running: 1, waiting: 0 }, () => new Error("full"));
  const first = task();
  const firstDone = lanes(first.run);
  await expect(lanes(() => Promise.resolve())).rejects.toThrow("full");
  first.finish();
  await firstDone;
  await expect(lanes(() => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await lanes(() => Promise.resolve("fine"))).toBe("fine");
});
