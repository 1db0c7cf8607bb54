import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LiveObject, RecordingStore } from "@/lib/storage/recording-store";
import type { StoreUnderTest } from "./recording-store.contract";
import { noise, saved } from "./stored-bytes";

const HEADER_BYTES = 65_536;
const MEBIBYTE = 1024 * 1024;

/** What every storage backend must do when a sweep deletes: run it with each. */
export function deletionContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the ${name} store, asked to delete many objects at once,`, () => {
    let subject: StoreUnderTest;
    let store: RecordingStore;
    beforeAll(async () => {
      subject = await open();
      ({ store } = subject);
    });
    afterAll(() => subject.close());

    /** A sealed recording, with all that it was made of still beside it: nobody has tidied up. */
    async function sealed(key: string, sizeBytes: number): Promise<LiveObject> {
      const sink = await store.openAppend(
        { key, state: await store.begin(key, HEADER_BYTES) },
        HEADER_BYTES,
      );
      const end = HEADER_BYTES + sizeBytes;
      await sink.write(noise(sizeBytes, 5), end);
      const live = { key, state: saved(await sink.commit()) };
      await store.seal(live, Buffer.alloc(HEADER_BYTES, 1), end);
      return live;
    }

    async function listed(): Promise<Set<string>> {
      const keys = new Set<string>();
      for await (const item of store.list()) if ("key" in item) keys.add(item.key);
      return keys;
    }

    test("removes each with what it was made of, and no other; those that are gone do no harm", async () => {
      const small = await sealed("a/small.webm", MEBIBYTE);
      const large = await sealed("a/large.webm", 17 * MEBIBYTE);
      await sealed("b/stays.webm", MEBIBYTE);
      const poster = { key: "a/small.webm.poster.webp", state: null };
      await store.put(poster.key, Buffer.from("small"));
      const all = [small, large, poster, { key: "a/never.webm", state: {} }];
      expect(await store.deleteMany(all)).toEqual([]);
      expect(await subject.elsewhere.deleteMany(all)).toEqual([]);
      expect(await listed()).toEqual(new Set(["b/stays.webm"]));
    });

    test("removes one that a process died over while it was taking it up again", async () => {
      const live = await sealed("c/reopened.webm", 2 * MEBIBYTE);
      await store.reopen(live);
      expect(await store.deleteMany([live])).toEqual([]);
      expect(await listed()).not.toContain(live.key);
    });

    test("removes thousands", async () => {
      const keys = Array.from({ length: 2_100 }, (_, index) => `d/${index}.webm`);
      for (let at = 0; at < keys.length; at += 50) {
        const lot = keys.slice(at, at + 50);
        await Promise.all(lot.map((key) => store.put(key, Buffer.from("x"))));
      }
      expect(await store.deleteMany(keys.map((key) => ({ key, state: null })))).toEqual([]);
      expect([...(await listed())].filter((key) => key.startsWith("d/"))).toEqual([]);
    });
  });
}
