import { S3Client } from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { LiveObject } from "@/lib/storage/recording-store";
import { S3Bucket } from "@/lib/storage/s3-bucket";
import { createS3Client, type S3Config } from "@/lib/storage/s3-client";
import { S3RecordingStore } from "@/lib/storage/s3-recording-store";
import { createBucket, hasRadosgw } from "../support/radosgw";
import { deletionContract } from "./deletion.contract";
import { recordingStoreContract } from "./recording-store.contract";
import { buffer, noise } from "./stored-bytes";

const MEBIBYTE = 1024 * 1024;
const HEADER_BYTES = 65_536;

describe.skipIf(!hasRadosgw())("on a real S3 server", () => {
  const openStore = async () => {
    const config = await createBucket();
    const store = () => new S3RecordingStore(config, 500 * MEBIBYTE);
    return { store: store(), elsewhere: store(), close: () => Promise.resolve() };
  };
  recordingStoreContract("S3", openStore);
  deletionContract("S3", openStore);

  describe("the S3 store in its bucket", () => {
    let config: S3Config;
    let bucket: S3Bucket;
    let store: S3RecordingStore;
    beforeAll(async () => {
      config = await createBucket();
      bucket = new S3Bucket(createS3Client(config), config.bucket, config.prefix);
      store = new S3RecordingStore(config, 500 * MEBIBYTE);
    });

    const append = async (live: LiveObject, position: number, bytes: Buffer, to = store) => {
      const sink = await to.openAppend(live, position);
      await sink.write(bytes, position + bytes.byteLength);
      return {
        live: { key: live.key, state: await sink.commit() },
        end: position + bytes.byteLength,
      };
    };
    const begin = async (key: string) => ({ key, state: await store.begin(key, HEADER_BYTES) });

    test("two hundred tiny appends leave few objects at any time, and none once it is tidied", async () => {
      let at = { live: await begin("tiny.webm"), end: HEADER_BYTES };
      let most = 0;
      for (let i = 0; i < 200; i += 1) {
        at = await append(at.live, at.end, noise(2_000, i));
        if (i % 10 === 0) most = Math.max(most, (await bucket.list("tiny.webm")).length);
      }
      expect(most).toBeLessThan(16);
      await store.seal(at.live, Buffer.alloc(HEADER_BYTES), at.end);
      await store.tidy(at.live);
      expect(await bucket.list("tiny.webm")).toEqual(["tiny.webm"]);
    });

    test("a deleted recording leaves no object and no upload, whatever was lost on the way", async () => {
      const before = await append(await begin("gone.webm"), HEADER_BYTES, noise(20 * MEBIBYTE, 1));
      await append(before.live, before.end, noise(MEBIBYTE, 2));
      await append(await begin("gone.webm"), HEADER_BYTES, noise(20 * MEBIBYTE, 3));
      expect((await bucket.listUploads("gone.webm")).length).toBe(2);
      await store.delete("gone.webm");
      expect(await bucket.list("gone.webm")).toEqual([]);
      expect(await bucket.listUploads("gone.webm")).toEqual([]);
    });

    test("what was added while a process that had lost its claim sealed is not lost", async () => {
      const [body, more] = [noise(3 * MEBIBYTE, 4), noise(2 * MEBIBYTE, 5)];
      const early = await append(await begin("stale.webm"), HEADER_BYTES, body);
      const late = await append(early.live, early.end, more);
      await store.seal(early.live, Buffer.alloc(HEADER_BYTES, 1), early.end);
      await expect(store.openAppend(late.live, late.end)).rejects.toMatchObject({
        code: "recording_closed",
      });
      await store.seal(late.live, Buffer.alloc(HEADER_BYTES, 2), late.end);
      const file = await buffer(await store.read("stale.webm"));
      const whole = [Buffer.alloc(HEADER_BYTES, 2), body, more];
      expect(file.equals(Buffer.concat(whole))).toBe(true);
    });

    test("a seal asks S3 for the same however long the recording is", async () => {
      /** What is asked at the seal of a recording: each request with the bytes it moves. */
      const askedAtSeal = async (sizeMebibytes: number) => {
        const empty = await begin(`asked-${sizeMebibytes}.webm`);
        const body = noise(sizeMebibytes * MEBIBYTE, 7);
        const { live, end } = await append(empty, HEADER_BYTES, body);
        const send = vi.spyOn(S3Client.prototype, "send");
        try {
          await store.seal(live, Buffer.alloc(HEADER_BYTES), end);
          return send.mock.calls.map(([{ constructor, input }]) => {
            const { ContentLength, Range } = input as { ContentLength?: number; Range?: string };
            return `${constructor.name} ${ContentLength ?? Range ?? ""}`;
          });
        } finally {
          send.mockRestore();
        }
      };
      // Both end as far into a part.
      const [short, long] = [await askedAtSeal(20), await askedAtSeal(100)];
      expect(short).toContain(`UploadPartCommand ${8 * MEBIBYTE}`);
      expect(long).toEqual(short);
    });

    test("a limit that needs parts larger than memory may hold is met by streaming them", async () => {
      // 40 MiB a part.
      const large = new S3RecordingStore(config, 9_000 * 40 * MEBIBYTE);
      const body = noise(130 * MEBIBYTE, 6);
      const key = "large.webm";
      const live = { key, state: await large.begin(key, HEADER_BYTES) };
      const half = body.byteLength / 2;
      const first = await append(live, HEADER_BYTES, body.subarray(0, half), large);
      const second = await append(first.live, first.end, body.subarray(half), large);
      await large.seal(second.live, Buffer.alloc(HEADER_BYTES), second.end);
      const file = await buffer(await large.read(key));
      expect(file.subarray(HEADER_BYTES).equals(body)).toBe(true);
    });
  });
});
