import { ConfigError, type StorageConfig } from "@/lib/config/config";
import { LocalRecordingStore } from "./local-recording-store";
import type { RecordingStore } from "./recording-store";

type Backend = StorageConfig["backend"];
type Factories = {
  readonly [B in Backend]: (config: Extract<StorageConfig, { backend: B }>) => RecordingStore;
};

/** Every backend with how to make it: one that is missing here does not compile. */
const FACTORIES: Factories = {
  local: (config) => new LocalRecordingStore(config.path),
  s3: () => {
    throw new ConfigError(
      'SORTIE_RECORDING_STORAGE_BACKEND is "s3", but this version keeps recordings on local storage only; set it to local, with SORTIE_RECORDING_STORAGE_PATH as the directory.',
    );
  },
};

/** Makes the store the configuration names. Touches no disk until it is used. @throws ConfigError */
export function createRecordingStore(config: StorageConfig): RecordingStore {
  const make = FACTORIES[config.backend] as (config: StorageConfig) => RecordingStore;
  return make(config);
}
