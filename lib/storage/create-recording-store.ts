import type { Config } from "@/lib/config/config";
import { assertNever } from "@/lib/errors/assert-never";
import { LocalRecordingStore } from "./local-recording-store";
import type { RecordingStore } from "./recording-store";
import { S3RecordingStore } from "./s3-recording-store";

/** Makes the store the configuration names. Touches no disk and no network until it is used. */
export function createRecordingStore({
  storage,
  maxSizeBytes,
}: Pick<Config["recording"], "storage" | "maxSizeBytes">): RecordingStore {
  switch (storage.backend) {
    case "local":
      return new LocalRecordingStore(storage.path);
    case "s3":
      return new S3RecordingStore(storage, maxSizeBytes);
    default:
      return assertNever(storage);
  }
}
