import { addCue } from "@/lib/media/cue-list";
import { filePosition } from "@/lib/media/element-stream";
import { MediaError } from "@/lib/media/media-error";
import { MAX_END_MS } from "@/lib/media/media-indexer";
import type { IndexerState } from "./indexer-state";
import type { StreamHead } from "./stream-head";

/** A frame whose duration the stream does not tell: recorders draw the last one as they stop. */
const ASSUMED_FRAME_NS = 1_000_000_000 / 30;

/**
 * Counts the open block, whose last byte has come, as media, and makes a cue of it when it is the first
 * keyframe of its Cluster. Blocks of tracks nobody announced are passed over. @throws MediaError `corrupt`
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
  if ((endTicks * head.timestampScaleNs) / 1e6 > MAX_END_MS) {
    throw new MediaError("corrupt", "The recording's clock runs beyond all bounds.");
  }
  const isSized = state.media === null || state.media.clusterEnd !== null;
  state.media = { blockEnd: block.end, clusterEnd: isSized ? cluster.end : null, endTicks };
  if (track.number !== head.cueTrack || !block.isKeyframe || cluster.isCued) return;
  cluster.isCued = true;
  addCue(state, { ticks, position: filePosition(state, cluster.start) });
}
