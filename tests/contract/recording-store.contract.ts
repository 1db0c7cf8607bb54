import { describe, expect, test, beforeAll, afterAll } from "vitest";
import type { ByteRange, LiveObject, RecordingStore } from "@/lib/storage/recording-store";

const HEADER_BYTES = 65_536;
const MEBIBYTE = 1024 * 1024;

export interface StoreUnderTest {
  readonly store: RecordingStore;
  /** The same storage as another process sees it. */
  readonly elsewhere: RecordingStore;
  close(): Promise<void>;
}

/** What every storage backend must do: run it with each. */
export function recordingStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the ${name} store`, () => {
    let subject: StoreUnderTest;
    let store: RecordingStore;
    let count = 0;
    beforeAll(async () => {
      subject = await open();
      ({ store } = subject);
    });
    afterAll(() => subject.close());

    const newKey = () => `2026/11/recording-${(count += 1)}.webm`;
    const begin = async (): Promise<LiveObject> => {
      const key = newKey();
      return { key, state: await store.begin(key, HEADER_BYTES) };
    };
    const append = async (live: LiveObject, position: number, ...chunks: Uint8Array[]) => {
      const sink = await store.openAppend(live, position);
      for (const chunk of chunks) await sink.write(chunk);
      const end = position + chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
      return { live: { key: live.key, state: await sink.commit(end) }, end };
    };
    const read = async (key: string, range?: ByteRange, from = store) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await from.read(key, range)) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks);
    };
    const header = (fill: number) => Buffer.alloc(HEADER_BYTES, fill);

    test("says so when it can be written to", async () => {
      await expect(store.checkWritable()).resolves.toBeUndefined();
    });

    test("gives back what was appended in many pieces, after a seal", async () => {
      const pieces = [1, 100, MEBIBYTE, 3, 2 * MEBIBYTE + 7].map((size, i) =>
        Buffer.alloc(size, i + 1),
      );
      const { live, end } = await append(await begin(), HEADER_BYTES, ...pieces);
      const sealed = await store.seal(live, header(9), end);
      const bytes = Buffer.concat([header(9), ...pieces]);
      expect(sealed.sizeBytes).toBe(bytes.byteLength);
      expect((await read(live.key)).equals(bytes)).toBe(true);
    });

    test("takes up to a thousand tiny pieces at once", async () => {
      const pieces = Array.from({ length: 5_000 }, (_, i) => Buffer.from([i % 251]));
      const { live, end } = await append(await begin(), HEADER_BYTES, ...pieces);
      await store.seal(live, header(0), end);
      const range = { start: HEADER_BYTES, end: end - 1 };
      expect((await read(live.key, range)).equals(Buffer.concat(pieces))).toBe(true);
    });

    test("lets another process go on where one committed", async () => {
      const first = await append(await begin(), HEADER_BYTES, Buffer.from("abc"));
      const sink = await subject.elsewhere.openAppend(first.live, first.end);
      await sink.write(Buffer.from("def"));
      const state = await sink.commit(first.end + 3);
      await subject.elsewhere.seal({ key: first.live.key, state }, header(1), first.end + 3);
      const tail = await read(first.live.key, { start: HEADER_BYTES, end: HEADER_BYTES + 5 });
      expect(tail.toString()).toBe("abcdef");
    });

    test("takes the same bytes at the same position again, as after a crash before the row moved", async () => {
      const live = await begin();
      await append(live, HEADER_BYTES, Buffer.from("the first attempt, which was longer"));
      const again = await append(live, HEADER_BYTES, Buffer.from("the second"));
      await store.seal(again.live, header(2), again.end);
      expect((await read(live.key)).subarray(HEADER_BYTES).toString()).toBe("the second");
    });

    test("keeps what was there before an append that was given up", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("kept"));
      const sink = await store.openAppend(live, end);
      await sink.write(Buffer.alloc(2 * MEBIBYTE, 7));
      await sink.abort();
      await store.seal(live, header(3), end);
      expect((await read(live.key)).subarray(HEADER_BYTES).toString()).toBe("kept");
    });

    test("rewrites the header of a live object", async () => {
      const live = await begin();
      const sink = await store.openAppend(live, HEADER_BYTES);
      await sink.write(Buffer.from("body"));
      await sink.writeHeader(header(4));
      await sink.commit(HEADER_BYTES + 4);
      const bytes = await read(live.key);
      expect(bytes.equals(Buffer.concat([header(4), Buffer.from("body")]))).toBe(true);
    });

    test("cuts a partial block off at the seal", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("whole|part"));
      const sealed = await store.seal(live, header(5), end - 4);
      expect(sealed.sizeBytes).toBe(end - 4);
      expect((await read(live.key)).subarray(HEADER_BYTES).toString()).toBe("whole|");
    });

    test("changes nothing when a sealed object is sealed again", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("once"));
      const first = await store.seal(live, header(6), end);
      const second = await subject.elsewhere.seal(live, header(6), end);
      expect(second).toEqual(first);
    });

    test("refuses to append to a sealed object", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("done"));
      await store.seal(live, header(7), end);
      await expect(store.openAppend(live, end)).rejects.toMatchObject({ code: "recording_closed" });
    });

    test("goes on with a sealed object that was reopened, any number of times", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("one "));
      await store.seal(live, header(8), end);
      await store.reopen(live);
      const state = await store.reopen(live);
      const more = await append({ key: live.key, state }, end, Buffer.from("two"));
      await store.seal(more.live, header(9), more.end);
      expect((await read(live.key)).subarray(HEADER_BYTES).toString()).toBe("one two");
    });

    test("does not pass a hole off as data when bytes are missing", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("short"));
      await expect(store.openAppend(live, end + 1)).rejects.toMatchObject({ code: "not_found" });
      await expect(store.seal(live, header(1), end + 1)).rejects.toMatchObject({
        code: "not_found",
      });
    });

    test("begins an object that exists without touching its bytes", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("mine"));
      await store.begin(live.key, HEADER_BYTES);
      expect((await store.stat(live.key))?.sizeBytes).toBe(end);
      await store.seal(live, header(1), end);
      await store.begin(live.key, HEADER_BYTES);
      expect((await read(live.key)).subarray(HEADER_BYTES).toString()).toBe("mine");
    });

    test("reads exactly the range that was asked for", async () => {
      const key = newKey();
      await store.put(key, Buffer.from("0123456789"));
      expect((await read(key, { start: 3, end: 6 })).toString()).toBe("3456");
      expect((await read(key, { start: 9, end: 9 })).toString()).toBe("9");
    });

    test("replaces a small object whole, with a new entity tag", async () => {
      const key = newKey();
      await store.put(key, Buffer.from("old"));
      const before = await store.stat(key);
      await store.put(key, Buffer.from("new"));
      const after = await store.stat(key);
      expect((await read(key, undefined, subject.elsewhere)).toString()).toBe("new");
      expect(after?.etag).not.toBe(before?.etag);
      expect(after?.etag).toMatch(/^"[^"]+"$/);
    });

    test("has nothing under a key that was never used", async () => {
      const key = newKey();
      expect(await store.stat(key)).toBeNull();
      await expect(store.read(key)).rejects.toMatchObject({ code: "not_found" });
      await expect(store.openAppend({ key, state: {} }, HEADER_BYTES)).rejects.toMatchObject({
        code: "not_found",
      });
    });

    test("deletes live and sealed objects, and is content when there is none", async () => {
      const live = (await append(await begin(), HEADER_BYTES, Buffer.from("x"))).live;
      const sealed = await append(await begin(), HEADER_BYTES, Buffer.from("y"));
      await store.seal(sealed.live, header(1), sealed.end);
      for (const { key } of [live, sealed.live, { key: newKey() }]) {
        await store.delete(key);
        expect(await store.stat(key)).toBeNull();
      }
    });

    test.each([
      "../outside",
      "a/../../outside",
      "/etc/passwd",
      "a//b",
      "a\\b",
      ".hidden",
      "",
      "a\0b",
    ])("takes %j for no key", async (key) => {
      await expect(store.put(key, Buffer.from("x"))).rejects.toThrow("Not a storage key");
    });
  });
}
