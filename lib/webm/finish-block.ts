import { addCue } from "./cue-list";
import { filePosition, type IndexerState } from "./indexer-state";
import type { StreamHead } from "./stream-head";
import { WebmError } from "./webm-error";

/** A frame whose duration the stream does not tell: recorders draw the last one as they stop. */
const ASSUMED_FRAME_NS = 1_000_000_000 / 30;

/** No recording is longer than 1,000 days: such a timestamp is damage. */
const MAX_END_NS = 1_000 * 86_400 * 1e9;

/**
 * Counts the open block, whose last byte has come, as media, and makes a cue of it when it is the first
 * keyframe of its Cluster. Blocks of tracks nobody announced are passed over. @throws WebmError `corrupt`
 */
export function finishBlock(state: IndexerState, head: StreamHead | null): void {
  const { block, cluster } = state;
  state.block = null;
  if (!block?.header || !cluster || !head) return;
  const track = head.tracks.get(block.header.track);
  if (track === undefined) return;

  const ticks = Math.max(0, cluster.ticks + block.header.relativeTicks);
  const frameTicks =
    block.durationTicks ?? (track.frameNs ?? ASSUMED_FRAME_NS) / head.timestampScaleNs;
  const endTicks = Math.max(ticks + frameTicks, state.media?.endTicks ?? 0);
  if (endTicks * head.timestampScaleNs > MAX_END_NS) {
    throw new WebmError("corrupt", "The recording's clock runs beyond all bounds.");
  }
  const isSized = state.media === null || state.media.clusterEnd !== null;
  state.media = { blockEnd: block.end, clusterEnd: isSized ? cluster.end : null, endTicks };
  if (track.number !== head.cueTrack || !block.isKeyframe || cluster.isCued) return;
  cluster.isCued = true;
  addCue(state, { ticks, position: filePosition(state, cluster.start) });
}
