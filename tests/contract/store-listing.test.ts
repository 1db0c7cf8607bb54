import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listFiles } from "@/lib/storage/local-listing";
import { LocalRecordingStore } from "@/lib/storage/local-recording-store";
import type {
  LiveObject,
  RecordingStore,
  Remnant,
  StoredItem,
} from "@/lib/storage/recording-store";
import { S3Bucket } from "@/lib/storage/s3-bucket";
import { createS3Client } from "@/lib/storage/s3-client";
import { listBucket } from "@/lib/storage/s3-listing";
import { S3RecordingStore } from "@/lib/storage/s3-recording-store";
import { createBucket, hasRadosgw } from "../support/radosgw";
import { noise, saved } from "./stored-bytes";

const HEADER_BYTES = 65_536;
const MEBIBYTE = 1024 * 1024;
const MANY = 3_000;

async function all(items: AsyncIterable<StoredItem>): Promise<StoredItem[]> {
  const found: StoredItem[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What is listed of a recording: forms and sizes by what stands behind its key. */
const formsOf = (items: readonly StoredItem[], key: string) =>
  items
    .filter(({ name }) => name.startsWith(key))
    .map(({ form, name, sizeBytes }) => {
      const rest = name.slice(key.length).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "*");
      return `${form} ${rest} ${sizeBytes ?? "-"}`;
    });

function listingContract(
  name: string,
  open: () => Promise<{ store: RecordingStore; close(): Promise<void> }>,
) {
  describe(`what the ${name} store holds`, () => {
    let subject: Awaited<ReturnType<typeof open>>;
    let store: RecordingStore;
    beforeAll(async () => {
      subject = await open();
      ({ store } = subject);
    });
    afterAll(() => subject.close());

    const begin = async (): Promise<LiveObject> => {
      const key = `2026/11/${randomUUID()}`;
      return { key, state: await store.begin(key, HEADER_BYTES) };
    };
    const append = async ({ key, state }: LiveObject, position: number, bytes: Buffer) => {
      const sink = await store.openAppend({ key, state }, position);
      await sink.write(bytes, position + bytes.byteLength);
      return { key, state: saved(await sink.commit()) };
    };
    const sealed = async () => {
      const live = await append(await begin(), HEADER_BYTES, Buffer.from("body"));
      await store.seal(live, Buffer.alloc(HEADER_BYTES), HEADER_BYTES + 4);
      await store.tidy(live);
      return live;
    };
    const remnantsOf = async (key: string) =>
      (await all(store.list())).filter(
        (item): item is Remnant =>
          (item.form === "unfinished" || item.form === "upload") && item.key === key,
      );

    test("is listed with its form, its size and its time, in the order of the keys", async () => {
      const since = Date.now() - 5_000;
      const { key } = await sealed();
      await store.put(`${key}.poster.webp`, Buffer.from("picture"));
      const live = await append(await begin(), HEADER_BYTES, Buffer.from("body"));
      const items = await all(store.list());
      expect(formsOf(items, key)).toEqual([
        `finished  ${HEADER_BYTES + 4}`,
        "finished .poster.webp 7",
      ]);
      const forms = items.filter(({ name }) => name.startsWith(live.key)).map(({ form }) => form);
      expect(new Set(forms)).toEqual(new Set(["unfinished"]));
      const names = items.map((item) => item.name);
      expect(names).toEqual(names.toSorted());
      for (const { modifiedAt } of items) {
        expect(modifiedAt.getTime()).toBeGreaterThan(since);
        expect(modifiedAt.getTime()).toBeLessThan(Date.now() + 5_000);
      }
      for (const item of items) expect(await store.holds(item)).toBe(true);
    });

    test("is needed by a live recording as long as its state says so", async () => {
      const live = await append(await begin(), HEADER_BYTES, noise(20 * MEBIBYTE, 1));
      const remnants = await remnantsOf(live.key);
      expect(remnants.length).toBeGreaterThan(0);
      expect(remnants.map((remnant) => store.needs(live, remnant))).not.toContain(false);
      const other = await begin();
      expect(remnants.map((remnant) => store.needs(other, remnant))).not.toContain(true);
    });

    test("a live recording is whole until something of it is gone, and whole again once sealed", async () => {
      const end = HEADER_BYTES + 20 * MEBIBYTE;
      const live = await append(await begin(), HEADER_BYTES, noise(20 * MEBIBYTE, 2));
      expect(await store.hasLive(live, end)).toBe(true);
      expect(await store.hasLive(live, end + 1)).toBe(false);
      for (const remnant of await remnantsOf(live.key)) {
        const broken = await append(await begin(), HEADER_BYTES, noise(20 * MEBIBYTE, 3));
        const same = (await remnantsOf(broken.key)).find(({ form }) => form === remnant.form);
        expect(same && (await store.removeRemnant(same))).toBe(true);
        expect(await store.hasLive(broken, end)).toBe(false);
      }
      await store.seal(live, Buffer.alloc(HEADER_BYTES), end);
      expect(await store.hasLive(live, end)).toBe(true);
    });

    test("is removed one by one, once, and nothing else with it", async () => {
      const finished = await sealed();
      const live = await append(await begin(), HEADER_BYTES, noise(20 * MEBIBYTE, 4));
      const kept = await append(await begin(), HEADER_BYTES, noise(20 * MEBIBYTE, 5));
      const before = formsOf(await all(store.list()), kept.key);
      for (const remnant of await remnantsOf(live.key)) {
        expect(await store.removeRemnant(remnant)).toBe(true);
        expect(await store.holds(remnant)).toBe(false);
        expect(await store.removeRemnant(remnant)).toBe(false);
      }
      const items = await all(store.list());
      expect(formsOf(items, live.key)).toEqual([]);
      expect(formsOf(items, kept.key)).toEqual(before);
      expect(await store.stat(finished.key)).not.toBeNull();
    });
  });
}

listingContract("local", async () => {
  const root = await mkdtemp(join(tmpdir(), "sortie-listing-"));
  return { store: new LocalRecordingStore(root), close: () => rm(root, { recursive: true }) };
});

describe.skipIf(!hasRadosgw())("on a real S3 server", () => {
  listingContract("S3", async () => {
    const store = new S3RecordingStore(await createBucket(), 500 * MEBIBYTE);
    return { store, close: () => Promise.resolve() };
  });

  test("thousands of objects and uploads come page by page, each once and in order", async () => {
    const config = await createBucket();
    const bucket = new S3Bucket(createS3Client(config), config.bucket, config.prefix);
    const keys = Array.from({ length: MANY }, (_, i) => `2026/11/${String(i).padStart(5, "0")}`);
    const rest = keys.values();
    const fill = async () => {
      for (const key of rest) {
        await bucket.put(key, { bytes: Buffer.from("x"), sizeBytes: 1 });
        if (key.endsWith("7")) await bucket.createUpload(key);
      }
    };
    await Promise.all(Array.from({ length: 16 }, fill));
    const expected = keys.flatMap((key) =>
      key.endsWith("7") ? [`upload ${key}`, `finished ${key}`] : [`finished ${key}`],
    );
    const items = await all(listBucket(bucket, { pageSize: 70 }));
    expect(items.map(({ form, name }) => `${form} ${name}`)).toEqual(expected);
  });
});

describe("a folder of recordings", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "sortie-listing-"));
  });
  afterEach(() => rm(root, { recursive: true }));

  test("with thousands of files is listed with few names at a time, each once and in order", async () => {
    const names = Array.from({ length: MANY }, (_, i) => `2026/${10 + (i % 3)}/${i * 7919}`);
    for (const folder of ["2026/10", "2026/11", "2026/12"]) {
      await mkdir(join(root, folder), { recursive: true });
    }
    for (const name of names) await writeFile(join(root, name), "x");
    const items = await all(listFiles(root, { namesAtOnce: 70 }));
    expect(items.map(({ name }) => name)).toEqual(names.toSorted());
  });

  test("tells what it holds beside recordings, and goes into no folder that is not its own", async () => {
    const id = randomUUID();
    for (const folder of ["2026/11", "lost+found", ".trash"]) {
      await mkdir(join(root, folder), { recursive: true });
    }
    for (const name of [`.writable-${id}`, "2026/11/a.part", `2026/11/a.${id}.part`, "b c"]) {
      await writeFile(join(root, name), "x");
    }
    await writeFile(join(root, "lost+found/2026"), "not to be seen");
    await symlink("/etc/passwd", join(root, "2026/11/link"));
    const items = await all(listFiles(root));
    expect(new Set(items.map(({ form, name }) => `${form} ${name}`))).toEqual(
      new Set([
        `probe .writable-${id}`,
        "unfinished 2026/11/a.part",
        `temporary 2026/11/a.${id}.part`,
        "foreign 2026/11/link",
        "foreign .trash",
        "foreign b c",
        "foreign lost+found",
      ]),
    );
  });

  test("that was never made holds nothing; one that may not be read says so", async () => {
    expect(await all(listFiles(join(root, "nowhere")))).toEqual([]);
    await writeFile(join(root, "a file"), "x");
    await expect(all(listFiles(join(root, "a file")))).rejects.toMatchObject({
      code: "unavailable",
    });
  });

  test("keeps a file that was written to since it was listed", async () => {
    const store = new LocalRecordingStore(root);
    await writeFile(join(root, "a.part"), "x");
    const [item] = await all(store.list());
    await writeFile(join(root, "a.part"), "more");
    expect(await store.removeRemnant(item as Remnant)).toBe(false);
    expect(await all(store.list())).toHaveLength(1);
  });
});
