import { randomUUID } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { S3Bucket } from "@/lib/storage/s3-bucket";
import { createS3Client } from "@/lib/storage/s3-client";
import { createBucket, hasRadosgw, s3Environment } from "./radosgw";
import { createRecordingScene, type RecordingScene } from "./recording-scene";

/** What a test does to the storage behind the product's back. */
export interface Vandal {
  readonly put: (name: string, bytes: Buffer) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  /** Leaves what the recording was made from beside it, as processes that died do; returns how many things. */
  readonly strew: (key: string) => Promise<number>;
}

export interface Backend {
  readonly name: string;
  readonly isHere: boolean;
  readonly open: () => Promise<{ scene: RecordingScene; vandal: Vandal }>;
}

export const onDisk: Backend = {
  name: "a disk",
  isHere: true,
  open: async () => {
    const scene = await createRecordingScene();
    const at = (name: string) => join(scene.directory, "recordings", name);
    const put = async (name: string, bytes: Buffer) => {
      await mkdir(dirname(at(name)), { recursive: true });
      await writeFile(at(name), bytes);
    };
    const strew = async (key: string) => {
      await put(`${key}.part`, Buffer.from("an older form"));
      return 1;
    };
    return { scene, vandal: { put, strew, remove: (name) => rm(at(name)) } };
  },
};

export const onS3: Backend = {
  name: "S3",
  isHere: hasRadosgw(),
  open: async () => {
    const config = await createBucket();
    const bucket = new S3Bucket(createS3Client(config), config.bucket, config.prefix);
    const put = (name: string, bytes: Buffer) =>
      bucket.put(name, { bytes, sizeBytes: bytes.byteLength });
    const strew = async (key: string) => {
      await put(`${key}.part/65536-${randomUUID()}`, Buffer.from("an older piece"));
      await bucket.createUpload(key);
      await bucket.createUpload(key);
      return 3;
    };
    const scene = await createRecordingScene(s3Environment(config));
    return { scene, vandal: { put, strew, remove: (name) => bucket.remove([name]) } };
  },
};
