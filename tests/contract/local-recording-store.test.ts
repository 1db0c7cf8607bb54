import { appendFile, mkdtemp, open, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LocalAppendSink } from "@/lib/storage/local-append-sink";
import { LocalRecordingStore } from "@/lib/storage/local-recording-store";
import { deletionContract } from "./deletion.contract";
import { recordingStoreContract } from "./recording-store.contract";

async function openStore() {
  const root = await mkdtemp(join(tmpdir(), "sortie-store-"));
  return {
    store: new LocalRecordingStore(root),
    elsewhere: new LocalRecordingStore(root),
    close: () => rm(root, { recursive: true }),
  };
}
recordingStoreContract("local", openStore);
deletionContract("local", openStore);

describe("the local store on its disk", () => {
  let root: string;
  beforeEach(async () => {
    root = join(await mkdtemp(join(tmpdir(), "sortie-store-")), "recordings");
  });
  afterEach(() => rm(join(root, ".."), { recursive: true }));

  const mode = async (path: string) => (await stat(path)).mode & 0o777;

  test("keeps its files from everybody else, and their names say what is finished", async () => {
    const store = new LocalRecordingStore(root);
    const live = { key: "2026/11/a.webm", state: await store.begin("2026/11/a.webm", 16) };
    expect(await readdir(join(root, "2026/11"))).toEqual(["a.webm.part"]);
    expect(await mode(join(root, "2026/11/a.webm.part"))).toBe(0o600);
    await store.seal(live, Buffer.alloc(16, 1), 16);
    await store.put("2026/11/a.webm.poster.webp", Buffer.from("picture"));
    expect(await readdir(join(root, "2026/11"))).toEqual(["a.webm", "a.webm.poster.webp"]);
    expect(await mode(join(root, "2026/11/a.webm"))).toBe(0o600);
    expect(await mode(join(root, "2026/11/a.webm.poster.webp"))).toBe(0o600);
    expect(await mode(root)).toBe(0o700);
    expect(await mode(join(root, "2026"))).toBe(0o700);
  });

  test("does not take a longer file for the recording it sealed", async () => {
    const store = new LocalRecordingStore(root);
    const live = { key: "a.webm", state: await store.begin("a.webm", 16) };
    await store.seal(live, Buffer.alloc(16, 1), 16);
    await appendFile(join(root, "a.webm"), "somebody else's");
    const again = store.seal(live, Buffer.alloc(16, 1), 16);
    await expect(again).rejects.toMatchObject({ code: "unavailable" });
  });

  test("leaves nothing of its own behind when it looks whether it can write", async () => {
    await new LocalRecordingStore(root).checkWritable();
    expect(await readdir(root)).toEqual([]);
  });

  test("says that it is unavailable where it cannot make its folder", async () => {
    await writeFile(root, "a file where the folder should be");
    const store = new LocalRecordingStore(root);
    await expect(store.checkWritable()).rejects.toMatchObject({ code: "unavailable" });
    await expect(store.begin("a.webm", 16)).rejects.toMatchObject({ code: "unavailable" });
  });

  test("says that the disk is full when it is, at the latest when bytes are to be acknowledged", async () => {
    const sink = new LocalAppendSink(await open("/dev/full", "r+"), 0);
    await sink.write(Buffer.from("one byte too many"));
    await expect(sink.commit()).rejects.toMatchObject({ code: "insufficient_storage" });
  });
});
