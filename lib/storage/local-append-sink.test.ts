import { readlinkSync } from "node:fs";
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { LocalAppendSink } from "./local-append-sink";
import { LocalRecordingStore } from "./local-recording-store";

/** A file whose disk takes bytes at once and is done with them when `sync` says so. */
function fileOn(sync: () => Promise<void>) {
  const calls: string[] = [];
  const file = {
    writev: (buffers: readonly Uint8Array[]) => {
      calls.push("write");
      return Promise.resolve({ bytesWritten: Buffer.concat(buffers).byteLength });
    },
    datasync: () => {
      calls.push("sync");
      return sync();
    },
    close: () => Promise.resolve(),
  };
  return { calls, sink: new LocalAppendSink(file as unknown as FileHandle, 0) };
}

test.each([
  { sent: "a few bytes", sizeBytes: 10 },
  { sent: "more than is gathered for one write", sizeBytes: 600 * 1024 },
])("$sent are acknowledged when the disk has them and not before", async ({ sizeBytes }) => {
  const ends: (() => void)[] = [];
  const { calls, sink } = fileOn(() => new Promise((resolve) => ends.push(resolve)));
  await sink.write(new Uint8Array(sizeBytes));
  await setImmediate();
  void sink.write(new Uint8Array(10));
  let isAcknowledged = false;
  const committed = sink.commit().then(() => (isAcknowledged = true));
  await setImmediate();
  expect(calls.slice(-2)).toEqual(["write", "sync"]);
  for (const end of ends) {
    expect(isAcknowledged).toBe(false);
    end();
    await setImmediate();
  }
  await committed;
});

test("bytes that the disk lost while more arrived are not acknowledged", async () => {
  let syncs = 0;
  const { sink } = fileOn(() =>
    syncs++ === 0 ? Promise.reject(new Error("EIO")) : Promise.resolve(),
  );
  await sink.write(new Uint8Array(600 * 1024));
  await setImmediate();
  void sink.write(new Uint8Array(10));
  await expect(sink.commit()).rejects.toThrow("EIO");
  expect(syncs).toBe(2);
});

test("a recording that begins has its file and then its file's name on the disk", async () => {
  const root = await mkdtemp(join(tmpdir(), "sortie-synced-"));
  const probe = await open(root);
  const prototype = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  const synced: string[] = [];
  const sync = Reflect.get(prototype, "sync");
  const spy = vi.spyOn(prototype, "sync").mockImplementation(async function (this: FileHandle) {
    await sync.call(this);
    synced.push(readlinkSync(`/proc/self/fd/${this.fd}`));
  });
  try {
    const key = "2026/01/00000000-0000-4000-8000-000000000000.webm";
    await new LocalRecordingStore(root).begin(key, 64);
    const file = join(root, `${key}.part`);
    expect(synced.slice(-2)).toEqual([file, dirname(file)]);
  } finally {
    spy.mockRestore();
    await rm(root, { recursive: true });
  }
});
