export { createMp4Indexer, type Mp4Indexer } from "./indexer";
export { MP4_STATE } from "./saved-state";
