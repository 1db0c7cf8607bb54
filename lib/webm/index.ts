export { createWebmIndexer, type WebmIndexer } from "./indexer";
export { WEBM_STATE } from "./saved-state";
