export { liveHeader, sealedHeader, type SealedHeader } from "./header";
export { createIndexer, type WebmIndexer } from "./indexer";
export { RESERVED_HEADER_BYTES } from "./indexer-state";
export { WebmError, type WebmErrorCode } from "./webm-error";
