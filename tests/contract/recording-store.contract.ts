import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ByteRange, LiveObject, RecordingStore } from "@/lib/storage/recording-store";
import { buffer, inPieces, noise, saved } from "./stored-bytes";

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
    /** Each chunk is a whole block, as far as the store is told. */
    const append = async (live: LiveObject, position: number, ...chunks: Uint8Array[]) => {
      const sink = await store.openAppend(live, position);
      let end = position;
      for (const chunk of chunks) await sink.write(chunk, (end += chunk.byteLength));
      return { live: { key: live.key, state: saved(await sink.commit()) }, end };
    };
    const read = async (key: string, range?: ByteRange, from = store) =>
      buffer(await from.read(key, range));
    const bodyOf = async (key: string) => (await read(key)).subarray(HEADER_BYTES);
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
      await sink.write(Buffer.from("def"), first.end + 3);
      const state = saved(await sink.commit());
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
      await sink.write(Buffer.alloc(2 * MEBIBYTE, 7), end + 2 * MEBIBYTE);
      await sink.abort();
      await store.seal(live, header(3), end);
      expect((await read(live.key)).subarray(HEADER_BYTES).toString()).toBe("kept");
    });

    test("rewrites the header of a live object", async () => {
      const live = await begin();
      const sink = await store.openAppend(live, HEADER_BYTES);
      await sink.write(Buffer.from("body"), HEADER_BYTES + 4);
      await sink.writeHeader(header(4));
      const state = saved(await sink.commit());
      const range = { start: 0, end: HEADER_BYTES + 3 };
      const bytes = await buffer(await subject.elsewhere.readLive({ key: live.key, state }, range));
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

    test("leaves an object as it is where whoever seals it has lost it meanwhile", async () => {
      const lost = () => Promise.reject(new Error("somebody else has it"));
      const { live, end } = await append(await begin(), HEADER_BYTES, noise(9 * MEBIBYTE, 5));
      await expect(store.seal(live, header(5), end, lost)).rejects.toThrow("somebody else");
      expect(await store.stat(live.key)).toBeNull();
      expect((await store.seal(live, header(6), end)).sizeBytes).toBe(end);
    });

    test("does not take a sealed object that lacks bytes for the whole", async () => {
      const { live, end } = await append(await begin(), HEADER_BYTES, Buffer.from("not all"));
      await store.seal(live, header(6), end);
      const again = subject.elsewhere.seal(live, header(6), end + 1);
      await expect(again).rejects.toMatchObject({ code: "not_found" });
      expect((await store.stat(live.key))?.sizeBytes).toBe(end);
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

    test("keeps a live object from those who ask for a finished one", async () => {
      const { live } = await append(await begin(), HEADER_BYTES, Buffer.from("not yet"));
      expect(await store.stat(live.key)).toBeNull();
      await expect(store.read(live.key)).rejects.toMatchObject({ code: "not_found" });
    });

    test("gives back the partial block at a live object's end, however much came before", async () => {
      const body = noise(20 * MEBIBYTE, 1);
      const partial = Buffer.from("a partial block");
      const sink = await store.openAppend(await begin(), HEADER_BYTES);
      const blockEnd = HEADER_BYTES + body.byteLength;
      await sink.write(body, blockEnd);
      await sink.write(partial, blockEnd);
      const live = { key: `2026/11/recording-${count}.webm`, state: saved(await sink.commit()) };
      const range = { start: blockEnd, end: blockEnd + partial.byteLength - 1 };
      expect(await buffer(await store.readLive(live, range))).toEqual(partial);
      await store.seal(live, header(1), blockEnd);
      expect((await bodyOf(live.key)).equals(body)).toBe(true);
    });

    test("takes a recording in hundreds of small appends", async () => {
      const body = noise(300 * 70_001, 2);
      let at = { live: await begin(), end: HEADER_BYTES };
      for (const piece of inPieces(body, 70_001)) at = await append(at.live, at.end, piece);
      await store.seal(at.live, header(2), at.end);
      expect((await bodyOf(at.live.key)).equals(body)).toBe(true);
    });

    test("takes one append that is many times what memory may hold of it", async () => {
      const body = noise(50 * MEBIBYTE + 12_345, 3);
      const { live, end } = await append(await begin(), HEADER_BYTES, ...inPieces(body, 65_536));
      await store.seal(live, header(3), end);
      expect((await bodyOf(live.key)).equals(body)).toBe(true);
    });

    test("takes a block that is larger than memory may hold, and cuts it off when it stays partial", async () => {
      const [body, block] = [noise(9 * MEBIBYTE, 4), noise(30 * MEBIBYTE, 5)];
      const first = await append(await begin(), HEADER_BYTES, body);
      const sink = await store.openAppend(first.live, first.end);
      for (const piece of inPieces(block, MEBIBYTE)) await sink.write(piece, first.end);
      const live = { key: first.live.key, state: saved(await sink.commit()) };
      await store.seal(live, header(4), first.end);
      expect((await bodyOf(live.key)).equals(body)).toBe(true);
    });

    test("takes a block that is larger than memory may hold, once it is whole", async () => {
      const block = noise(40 * MEBIBYTE, 15);
      const sink = await store.openAppend(await begin(), HEADER_BYTES);
      const end = HEADER_BYTES + block.byteLength;
      const pieces = inPieces(block, MEBIBYTE);
      for (const piece of pieces.slice(0, -1)) await sink.write(piece, HEADER_BYTES);
      await sink.write(pieces.at(-1)!, end);
      const live = { key: `2026/11/recording-${count}.webm`, state: saved(await sink.commit()) };
      const after = await append(live, end, Buffer.from("and more"));
      await store.seal(after.live, header(5), after.end);
      const whole = Buffer.concat([block, Buffer.from("and more")]);
      expect((await bodyOf(live.key)).equals(whole)).toBe(true);
    });

    test.each([9, 17, 26])(
      "repeats a commit from the state before it when the row never heard of it, %i MiB in",
      async (sizeMebibytes) => {
        const [body, more] = [noise(sizeMebibytes * MEBIBYTE, 6), noise(9 * MEBIBYTE, 7)];
        const before = await append(await begin(), HEADER_BYTES, ...inPieces(body, MEBIBYTE));
        // Twice it dies after the commit, having come to different lengths; the third time is saved.
        await append(before.live, before.end, ...inPieces(more, 300_000));
        await append(before.live, before.end, ...inPieces(more.subarray(0, 5_000_000), 300_000));
        const after = await append(before.live, before.end, ...inPieces(more, 500_000));
        const last = await append(after.live, after.end, Buffer.from("the end"));
        await store.seal(last.live, header(5), last.end);
        const whole = Buffer.concat([body, more, Buffer.from("the end")]);
        expect((await bodyOf(last.live.key)).equals(whole)).toBe(true);
      },
    );

    test("goes on from the state before an append that was given up half-way through", async () => {
      const [body, more] = [noise(9 * MEBIBYTE, 8), noise(20 * MEBIBYTE, 9)];
      const before = await append(await begin(), HEADER_BYTES, body);
      const sink = await store.openAppend(before.live, before.end);
      for (const piece of inPieces(more, MEBIBYTE)) {
        await sink.write(piece, before.end + more.byteLength);
      }
      await sink.abort();
      const after = await append(before.live, before.end, more);
      await store.seal(after.live, header(6), after.end);
      expect((await bodyOf(after.live.key)).equals(Buffer.concat([body, more]))).toBe(true);
    });

    test.each([1, 20])(
      "seals to the same object when it is told again, because the first answer was lost: %i MiB",
      async (sizeMebibytes) => {
        const body = noise(sizeMebibytes * MEBIBYTE, 10);
        const { live, end } = await append(await begin(), HEADER_BYTES, body);
        const first = await store.seal(live, header(7), end);
        expect(await subject.elsewhere.seal(live, header(7), end)).toEqual(first);
        await store.tidy(live);
        expect(await subject.elsewhere.seal(live, header(7), end)).toEqual(first);
        expect((await bodyOf(live.key)).equals(body)).toBe(true);
      },
    );

    test.each([1, 20])(
      "goes on with a recording of %i MiB that was sealed, tidied and reopened, twice over",
      async (sizeMebibytes) => {
        const pieces = [11, 12, 13].map((seed) => noise(sizeMebibytes * MEBIBYTE + seed, seed));
        let at = { live: await begin(), end: HEADER_BYTES };
        for (const [index, piece] of pieces.entries()) {
          if (index > 0) at.live = { key: at.live.key, state: saved(await store.reopen(at.live)) };
          at = await append(at.live, at.end, piece);
          await store.seal(at.live, header(index), at.end);
          await store.tidy(at.live);
        }
        const whole = Buffer.concat([header(2), ...pieces]);
        expect((await read(at.live.key)).equals(whole)).toBe(true);
      },
    );

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
      await store.seal(live, header(1), end);
      await store.begin(live.key, HEADER_BYTES);
      expect((await read(live.key)).subarray(HEADER_BYTES).toString()).toBe("mine");
    });

    test("keeps what is whole from the start, however large, and reads exactly the range asked for", async () => {
      const key = newKey();
      const bytes = noise(17 * MEBIBYTE, 7);
      await store.put(key, bytes);
      expect((await read(key, undefined, subject.elsewhere)).equals(bytes)).toBe(true);
      expect(await read(key, { start: 3, end: 9 })).toEqual(bytes.subarray(3, 10));
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
      const { live } = await append(await begin(), HEADER_BYTES, Buffer.from("x"));
      const sealed = await append(await begin(), HEADER_BYTES, Buffer.from("y"));
      await store.seal(sealed.live, header(1), sealed.end);
      for (const { key } of [live, sealed.live, { key: newKey() }]) {
        await store.delete(key);
        expect(await store.stat(key)).toBeNull();
      }
      const first = { start: HEADER_BYTES, end: HEADER_BYTES };
      const gone = async () => buffer(await store.readLive(live, first));
      await expect(gone()).rejects.toMatchObject({ code: "not_found" });
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
