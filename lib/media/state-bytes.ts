import type { Cue } from "./cue-list";
import type { Collecting } from "./element-stream";
import { MediaError } from "./media-error";

const CHECKSUM_BYTES = 4;

/**
 * Writes an indexer's state as bytes, ended by a checksum. Numbers take 7 bits a byte, lowest first, so that a
 * state is a few hundred bytes plus about 5 for each cue. The first number tells whose state it is.
 */
export class StateWriter {
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

/** Reads what `StateWriter` wrote. @throws MediaError `corrupt` when it is anything else */
export class StateReader {
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

  /** A count, and so many values. */
  list<T>(readValue: () => T): T[] {
    const values: T[] = [];
    for (let left = this.number(); left > 0; left -= 1) values.push(readValue());
    return values;
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

export function damaged(): MediaError {
  return new MediaError("corrupt", "The recording's saved state is damaged.");
}

/** Cues as differences to the one before. */
export function writeCues(out: StateWriter, cues: readonly Cue[]): void {
  out.number(cues.length);
  let before: Cue = { ticks: 0, position: 0 };
  for (const cue of cues) {
    out.number(cue.ticks - before.ticks);
    out.number(cue.position - before.position);
    before = cue;
  }
}

export function readCues(read: StateReader): Cue[] {
  let before: Cue = { ticks: 0, position: 0 };
  return read.list(() => {
    before = { ticks: before.ticks + read.number(), position: before.position + read.number() };
    return before;
  });
}

export function writeCollecting(out: StateWriter, { id, bytes, filled }: Collecting): void {
  out.number(id);
  out.number(bytes.length);
  out.bytes(bytes.subarray(0, filled));
}

/** @throws MediaError `corrupt` when it is to become longer than `maxBytes` */
export function readCollecting(read: StateReader, maxBytes: number): Collecting {
  const id = read.number();
  const size = read.number();
  const begun = read.bytes();
  if (begun.length > size || size > maxBytes) throw damaged();
  const bytes = new Uint8Array(size);
  bytes.set(begun);
  return { id, bytes, filled: begun.length };
}
