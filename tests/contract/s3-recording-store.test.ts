import { describe } from "vitest";
import { S3RecordingStore } from "@/lib/storage/s3-recording-store";
import { createBucket, hasRadosgw } from "../support/radosgw";
import { recordingStoreContract } from "./recording-store.contract";

const MEBIBYTE = 1024 * 1024;

describe.skipIf(!hasRadosgw())("on a real S3 server", () => {
  recordingStoreContract("S3", async () => {
    const config = await createBucket();
    const store = () => new S3RecordingStore(config, 500 * MEBIBYTE);
    return { store: store(), elsewhere: store(), close: () => Promise.resolve() };
  });
});
