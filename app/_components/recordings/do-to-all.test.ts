import { expect, it, vi } from "vitest";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { doToAll } from "./do-to-all";

const recordings = ["a", "b", "c"].map((id) => ({ id }) as RecordingJson);
const idsOf = (left: readonly RecordingJson[]) => left.map(({ id }) => id);

it("does it to all, one after the other, and tells how far it is", async () => {
  const onDone = vi.fn();
  const { signal } = new AbortController();
  const result = await doToAll(recordings, () => Promise.resolve(), { signal, onDone });
  expect(result).toEqual({ done: 3, left: [], problem: null });
  expect(onDone.mock.calls).toEqual([[1], [2], [3]]);
});

it("keeps what is refused and goes on with the rest", async () => {
  const refusal = new Error("held");
  const act = ({ id }: RecordingJson) => (id === "a" ? Promise.reject(refusal) : Promise.resolve());
  const { signal } = new AbortController();
  const result = await doToAll(recordings, act, { signal, onDone: () => undefined });
  expect([result.done, idsOf(result.left), result.problem]).toEqual([2, ["a"], refusal]);
});

it("asks for nothing more once it is stopped", async () => {
  const stop = new AbortController();
  const act = vi.fn(({ id }: RecordingJson) => {
    if (id === "b") stop.abort();
    return Promise.resolve();
  });
  const options = { signal: stop.signal, onDone: () => undefined };
  const result = await doToAll(recordings, act, options);
  expect([result.done, idsOf(result.left)]).toEqual([2, ["c"]]);
  expect(act).toHaveBeenCalledTimes(2);
});
