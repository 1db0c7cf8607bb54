import type { Cue } from "./cue-list";
import type { IndexerState, Media, OpenBlock, OpenCluster } from "./indexer-state";
import { WebmError } from "./webm-error";

/**
 * The indexer's state as bytes: a version, the fields in the order of `encodeState`, cues as differences
 * to the one before, and a checksum. Numbers take 7 bits a byte, lowest first, so that a state is a few
 * hundred bytes plus about 5 for each cue.
 */
const VERSION = 1;
const CHECKSUM_BYTES = 4;

export function encodeState(state: IndexerState): Uint8Array {
  const out = new StateWriter();
  out.number(VERSION);
  out.number(state.position);
  out.bytes(state.pending);
  out.number(state.skipUntil);
  for (const part of [state.head.ebml, state.head.info, state.head.tracks]) {
    out.optional(part, (bytes) => out.bytes(bytes));
  }
  out.optional(state.collecting, ({ id, bytes, filled }) => {
    out.number(id);
    out.number(bytes.length);
    out.bytes(bytes.subarray(0, filled));
  });
  out.optional(state.segment, ({ end }) => out.optional(end, (value) => out.number(value)));
  out.optional(state.bodyStart, (value) => out.number(value));
  out.optional(state.cluster, (cluster) => writeCluster(out, cluster));
  out.optional(state.block, (block) => writeBlock(out, block));
  out.optional(state.media, (media) => writeMedia(out, media));
  out.number(state.gapTicks);
  writeCues(out, state.cues);
  return out.finish();
}

/** @throws WebmError `corrupt` when the bytes are not what `encodeState` made */
export function decodeState(saved: Uint8Array): IndexerState {
  const read = new StateReader(saved);
  if (read.number() !== VERSION) throw damaged();
  const state: IndexerState = {
    position: read.number(),
    pending: read.bytes(),
    skipUntil: read.number(),
    head: {
      ebml: read.optional(() => read.bytes()),
      info: read.optional(() => read.bytes()),
      tracks: read.optional(() => read.bytes()),
    },
    collecting: read.optional(() => readCollecting(read)),
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

function readCollecting(read: StateReader): IndexerState["collecting"] {
  const id = read.number();
  const size = read.number();
  const begun = read.bytes();
  if (begun.length > size || size > 65_536) throw damaged();
  const bytes = new Uint8Array(size);
  bytes.set(begun);
  return { id, bytes, filled: begun.length };
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

function writeCues(out: StateWriter, cues: readonly Cue[]): void {
  out.number(cues.length);
  let before: Cue = { ticks: 0, position: 0 };
  for (const cue of cues) {
    out.number(cue.ticks - before.ticks);
    out.number(cue.position - before.position);
    before = cue;
  }
}

function readCues(read: StateReader): Cue[] {
  const count = read.number();
  const cues: Cue[] = [];
  let before: Cue = { ticks: 0, position: 0 };
  for (let i = 0; i < count; i += 1) {
    before = { ticks: before.ticks + read.number(), position: before.position + read.number() };
    cues.push(before);
  }
  return cues;
}

class StateWriter {
  #out = new Uint8Array(1_024);
  #length = 0;

  number(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest % 0x80) | 0x80);
    this.#byte(rest);
  }

  float(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value);
    bytes.forEach((byte) => this.#byte(byte));
  }

  flag(value: boolean): void {
    this.#byte(value ? 1 : 0);
  }

  bytes(value: Uint8Array): void {
    this.number(value.length);
    value.forEach((byte) => this.#byte(byte));
  }

  optional<T>(value: T | null, write: (value: T) => void): void {
    this.flag(value !== null);
    if (value !== null) write(value);
  }

  finish(): Uint8Array {
    const sum = checksum(this.#out.subarray(0, this.#length));
    for (let shift = 24; shift >= 0; shift -= 8) this.#byte((sum >>> shift) & 0xff);
    return this.#out.slice(0, this.#length);
  }

  #byte(value: number): void {
    if (this.#length === this.#out.length) {
      const larger = new Uint8Array(this.#out.length * 2);
      larger.set(this.#out);
      this.#out = larger;
    }
    this.#out[this.#length] = value;
    this.#length += 1;
  }
}

class StateReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(saved: Uint8Array) {
    const end = saved.length - CHECKSUM_BYTES;
    if (end < 1) throw damaged();
    this.#bytes = saved.subarray(0, end);
    const stored = new DataView(saved.buffer, saved.byteOffset + end).getUint32(0);
    if (checksum(this.#bytes) !== stored) throw damaged();
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80 && value <= Number.MAX_SAFE_INTEGER) return value;
    }
    throw damaged();
  }

  float(): number {
    return new DataView(Uint8Array.from({ length: 8 }, () => this.#byte()).buffer).getFloat64(0);
  }

  flag(): boolean {
    return this.#byte() === 1;
  }

  bytes(): Uint8Array {
    const length = this.number();
    if (this.#at + length > this.#bytes.length) throw damaged();
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  optional<T>(readValue: () => T): T | null {
    return this.flag() ? readValue() : null;
  }

  expectEnd(): void {
    if (this.#at !== this.#bytes.length) throw damaged();
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw damaged();
    this.#at += 1;
    return byte;
  }
}

/** FNV-1a of 32 bits: finds damage, not malice; the state never leaves the server. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function damaged(): WebmError {
  return new WebmError("corrupt", "The recording's saved state is damaged.");
}
