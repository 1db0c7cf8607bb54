import {
  damaged,
  readCollecting,
  readCues,
  StateReader,
  StateWriter,
  writeCollecting,
  writeCues,
} from "@/lib/media/state-bytes";
import type { TrackRun } from "./fragment";
import { type IndexerState, MAX_MOOF_BYTES, type OpenFragment } from "./indexer-state";

/** What a saved state of this folder begins with. */
export const MP4_STATE = 2;

export function encodeState(state: IndexerState): Uint8Array {
  const out = new StateWriter();
  out.number(MP4_STATE);
  out.number(state.position);
  out.bytes(state.pending);
  out.number(state.skipUntil);
  out.optional(state.collecting, (collecting) => writeCollecting(out, collecting));
  out.optional(state.bodyStart, (value) => out.number(value));
  out.optional(state.head.ftyp, (bytes) => out.bytes(bytes));
  out.optional(state.head.moov, (bytes) => out.bytes(bytes));
  out.optional(state.moofStart, (value) => out.number(value));
  out.optional(state.fragment, (fragment) => writeFragment(out, fragment));
  out.number(state.ends.size);
  for (const [trackId, ticks] of state.ends) {
    out.number(trackId);
    out.number(ticks);
  }
  out.optional(state.fragmentEnd, (value) => out.number(value));
  out.number(state.gapTicks);
  writeCues(out, state.cues);
  return out.finish();
}

/** @throws MediaError `corrupt` when the bytes are not what `encodeState` made */
export function decodeState(saved: Uint8Array): IndexerState {
  const read = new StateReader(saved);
  if (read.number() !== MP4_STATE) throw damaged();
  const state: IndexerState = {
    position: read.number(),
    pending: read.bytes(),
    skipUntil: read.number(),
    collecting: read.optional(() => readCollecting(read, MAX_MOOF_BYTES)),
    bodyStart: read.optional(() => read.number()),
    head: {
      ftyp: read.optional(() => read.bytes()),
      moov: read.optional(() => read.bytes()),
    },
    moofStart: read.optional(() => read.number()),
    fragment: read.optional(() => readFragment(read)),
    ends: new Map(read.list((): [number, number] => [read.number(), read.number()])),
    fragmentEnd: read.optional(() => read.number()),
    gapTicks: read.number(),
    cues: readCues(read),
  };
  read.expectEnd();
  return state;
}

function writeFragment(out: StateWriter, { start, end, runs }: OpenFragment): void {
  out.number(start);
  out.number(end);
  out.number(runs.length);
  for (const run of runs) {
    out.number(run.trackId);
    out.number(run.startTicks);
    out.number(run.endTicks);
    out.flag(run.startsWithKeyframe);
  }
}

function readFragment(read: StateReader): OpenFragment {
  const readRun = (): TrackRun => ({
    trackId: read.number(),
    startTicks: read.number(),
    endTicks: read.number(),
    startsWithKeyframe: read.flag(),
  });
  return { start: read.number(), end: read.number(), runs: read.list(readRun) };
}
