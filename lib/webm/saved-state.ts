import { RESERVED_HEADER_BYTES } from "@/lib/media/media-indexer";
import {
  damaged,
  readCollecting,
  readCues,
  StateReader,
  StateWriter,
  writeCollecting,
  writeCues,
} from "@/lib/media/state-bytes";
import type { IndexerState, Media, OpenBlock, OpenCluster } from "./indexer-state";

/** What a saved state of this folder begins with. */
export const WEBM_STATE = 1;

export function encodeState(state: IndexerState): Uint8Array {
  const out = new StateWriter();
  out.number(WEBM_STATE);
  out.number(state.position);
  out.bytes(state.pending);
  out.number(state.skipUntil);
  for (const part of [state.head.ebml, state.head.info, state.head.tracks]) {
    out.optional(part, (bytes) => out.bytes(bytes));
  }
  out.optional(state.collecting, (collecting) => writeCollecting(out, collecting));
  out.optional(state.segment, ({ end }) => out.optional(end, (value) => out.number(value)));
  out.optional(state.bodyStart, (value) => out.number(value));
  out.optional(state.cluster, (cluster) => writeCluster(out, cluster));
  out.optional(state.block, (block) => writeBlock(out, block));
  out.optional(state.media, (media) => writeMedia(out, media));
  out.number(state.gapTicks);
  writeCues(out, state.cues);
  return out.finish();
}

/** @throws MediaError `corrupt` when the bytes are not what `encodeState` made */
export function decodeState(saved: Uint8Array): IndexerState {
  const read = new StateReader(saved);
  if (read.number() !== WEBM_STATE) throw damaged();
  const state: IndexerState = {
    position: read.number(),
    pending: read.bytes(),
    skipUntil: read.number(),
    head: {
      ebml: read.optional(() => read.bytes()),
      info: read.optional(() => read.bytes()),
      tracks: read.optional(() => read.bytes()),
    },
    collecting: read.optional(() => readCollecting(read, RESERVED_HEADER_BYTES)),
    segment: read.optional(() => ({ end: read.optional(() => read.number()) })),
    bodyStart: read.optional(() => read.number()),
    cluster: read.optional(() => readCluster(read)),
    block: read.optional(() => readBlock(read)),
    media: read.optional(() => readMedia(read)),
    gapTicks: read.number(),
    cues: readCues(read),
  };
  read.expectEnd();
  return state;
}

function writeCluster(out: StateWriter, cluster: OpenCluster): void {
  out.number(cluster.start);
  out.optional(cluster.end, (value) => out.number(value));
  out.number(cluster.ticks);
  out.flag(cluster.isCued);
}

function readCluster(read: StateReader): OpenCluster {
  const start = read.number();
  const end = read.optional(() => read.number());
  return { start, end, ticks: read.number(), isCued: read.flag() };
}

function writeBlock(out: StateWriter, block: OpenBlock): void {
  out.number(block.end);
  out.optional(block.header, (header) => {
    out.number(header.track);
    out.number(header.relativeTicks + RELATIVE_TICKS_BIAS);
  });
  out.flag(block.isKeyframe);
  out.optional(block.durationTicks, (value) => out.number(value));
}

/** Relative timestamps are signed 16-bit integers. */
const RELATIVE_TICKS_BIAS = 32_768;

function readBlock(read: StateReader): OpenBlock {
  return {
    end: read.number(),
    header: read.optional(() => ({
      track: read.number(),
      relativeTicks: read.number() - RELATIVE_TICKS_BIAS,
    })),
    isKeyframe: read.flag(),
    durationTicks: read.optional(() => read.number()),
  };
}

function writeMedia(out: StateWriter, media: Media): void {
  out.number(media.blockEnd);
  out.optional(media.clusterEnd, (value) => out.number(value));
  out.float(media.endTicks);
}

function readMedia(read: StateReader): Media {
  const blockEnd = read.number();
  const clusterEnd = read.optional(() => read.number());
  return { blockEnd, clusterEnd, endTicks: read.float() };
}
