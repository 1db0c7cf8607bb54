import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import { longStream } from "../support/long-stream";
import { startProduct } from "../support/product";
import { createBucket, hasRadosgw, s3Environment } from "../support/radosgw";
import { roundRobin } from "../support/round-robin";
import { startTusSender } from "../support/tus-sender";
import { decodeVideo } from "../support/video";

const PIECE_BYTES = 1_700_000;
/** An odd number: the next piece of each goes to the other server. */
const RECORDINGS = 3;
/** Each starts two servers and sends 60 MiB, on a machine that does other things too. */
const TIMEOUT_MS = 240_000;

/** Recordings that go through both servers in turns, all at once, onto one storage. */
async function recordThroughBoth(storage: Readonly<Record<string, string>>): Promise<void> {
  const stream = await longStream(20);
  const first = await startProduct(storage);
  const second = await startProduct({ ...storage, DATABASE_URL: first.databaseUrl });
  const proxy = await roundRobin([first.url, second.url]);
  try {
    const who = first.administrator;
    const cookie = await first.signIn(who);
    const senders = await Promise.all(
      Array.from({ length: RECORDINGS }, () => startTusSender(first, who, proxy.url)),
    );
    for (let at = 0; at < stream.bytes.length; at += PIECE_BYTES) {
      const piece = stream.bytes.subarray(at, at + PIECE_BYTES);
      const isLast = at + PIECE_BYTES >= stream.bytes.length;
      const length = isLast ? stream.bytes.length : undefined;
      const answers = await Promise.all(senders.map((sender) => sender.send(at, piece, length)));
      expect(answers.map(({ status }) => status)).toEqual(senders.map(() => 204));
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
    }
    expect(Math.min(...proxy.counts)).toBeGreaterThan(10);
    for (const { id } of senders) {
      const url = `${proxy.url}/api/recordings/${id}/download`;
      const answer = await fetch(url, { headers: { cookie } });
      const file = Buffer.from(await answer.arrayBuffer());
      expect(file.subarray(RESERVED_HEADER_BYTES).equals(stream.body)).toBe(true);
      expect((await decodeVideo(file)).frames.length).toBeGreaterThan(50);
    }
  } finally {
    proxy.close();
    await second.close();
    await first.close();
  }
}

describe("two servers behind a proxy that takes turns", () => {
  test(
    "record onto one shared directory, and every byte is in its place",
    { timeout: TIMEOUT_MS },
    async () => {
      const directory = await mkdtemp(join(tmpdir(), "sortie-shared-"));
      try {
        await recordThroughBoth({ SORTIE_RECORDING_STORAGE_PATH: directory });
      } finally {
        await rm(directory, { recursive: true });
      }
    },
  );

  test.skipIf(!hasRadosgw())(
    "record into one bucket, and every byte is in its place",
    { timeout: TIMEOUT_MS },
    async () => {
      await recordThroughBoth(s3Environment(await createBucket()));
    },
  );
});
