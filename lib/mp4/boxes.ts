import { concat } from "@/lib/media/concat";
import { MediaError } from "@/lib/media/media-error";

/**
 * Reading and writing the boxes of the ISO base media file format (ISO/IEC 14496-12 §4.2): every box is a
 * size, a type of four characters, and data. Numbers are JavaScript numbers, so exact up to 2^53.
 */

/** Box types as the number that their four characters make. */
export const TYPE = {
  ftyp: fourCc("ftyp"),
  moov: fourCc("moov"),
  mvhd: fourCc("mvhd"),
  trak: fourCc("trak"),
  tkhd: fourCc("tkhd"),
  mdia: fourCc("mdia"),
  mdhd: fourCc("mdhd"),
  hdlr: fourCc("hdlr"),
  minf: fourCc("minf"),
  stbl: fourCc("stbl"),
  stsd: fourCc("stsd"),
  stsz: fourCc("stsz"),
  stz2: fourCc("stz2"),
  mvex: fourCc("mvex"),
  mehd: fourCc("mehd"),
  trex: fourCc("trex"),
  moof: fourCc("moof"),
  traf: fourCc("traf"),
  tfhd: fourCc("tfhd"),
  tfdt: fourCc("tfdt"),
  trun: fourCc("trun"),
  mdat: fourCc("mdat"),
  sidx: fourCc("sidx"),
  free: fourCc("free"),
} as const;

export function fourCc(name: string): number {
  const letters = new TextEncoder().encode(name);
  return letters.reduce((value, letter) => value * 256 + letter, 0);
}

export function fourCcName(type: number): string {
  return String.fromCharCode(type >>> 24, (type >>> 16) & 0xff, (type >>> 8) & 0xff, type & 0xff);
}

export interface BoxHeader {
  readonly type: number;
  /** Bytes of data after the header. */
  readonly dataBytes: number;
  /** Bytes of size and type together: 8, or 16 with a `largesize`. */
  readonly headerBytes: number;
}

/** The longest box header: size, type, `largesize`. */
export const MAX_BOX_HEADER_BYTES = 16;

/**
 * Reads a box's size and type. Null when `bytes` ends before they do.
 * @throws MediaError `corrupt` when there cannot be a box here, or only one that lasts to the end of the
 *   file (size 0): what goes on growing has no such box
 */
export function readBoxHeader(bytes: Uint8Array, at: number): BoxHeader | null {
  if (at + 8 > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const size = view.getUint32(0);
  const type = view.getUint32(4);
  if (!isPrintable(type)) throw new MediaError("corrupt", "The recording's stream is damaged.");
  if (size === 0) {
    throw new MediaError("corrupt", "The recording's stream holds a box without an end.");
  }
  if (size !== 1) return header(type, size, 8);
  if (view.byteLength < MAX_BOX_HEADER_BYTES) return null;
  return header(type, view.getUint32(8) * 2 ** 32 + view.getUint32(12), MAX_BOX_HEADER_BYTES);
}

function header(type: number, size: number, headerBytes: number): BoxHeader {
  if (size < headerBytes || size > Number.MAX_SAFE_INTEGER) {
    throw new MediaError("corrupt", "The recording's stream holds a box of impossible size.");
  }
  return { type, dataBytes: size - headerBytes, headerBytes };
}

/** Registered types are ASCII, or begin with © as those of QuickTime do. */
function isPrintable(type: number): boolean {
  return [24, 16, 8, 0].every((shift) => {
    const letter = (type >>> shift) & 0xff;
    return (letter >= 0x20 && letter < 0x7f) || letter === 0xa9;
  });
}

export interface Box {
  readonly type: number;
  readonly data: Uint8Array;
  /** Header and data as they stand. */
  readonly raw: Uint8Array;
}

/** The boxes in the data of one that holds others. @throws MediaError `corrupt` */
export function* children(data: Uint8Array): Generator<Box> {
  for (let at = 0; at < data.length;) {
    const header = readBoxHeader(data, at);
    const end = header === null ? Infinity : at + header.headerBytes + header.dataBytes;
    if (header === null || end > data.length) {
      throw new MediaError("corrupt", "The recording's stream has a damaged header.");
    }
    const dataStart = at + header.headerBytes;
    yield { type: header.type, data: data.subarray(dataStart, end), raw: data.subarray(at, end) };
    at = end;
  }
}

/** The data of the first box on a path of types; null when there is none. @throws MediaError `corrupt` */
export function find(data: Uint8Array, ...path: number[]): Uint8Array | null {
  const [type, ...rest] = path;
  if (type === undefined) return data;
  for (const child of children(data)) if (child.type === type) return find(child.data, ...rest);
  return null;
}

/** Reads a box's fields one after the other. @throws MediaError `corrupt` when they end too early */
export class Fields {
  readonly #view: DataView;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#view = new DataView(data.buffer, data.byteOffset, data.length);
  }

  get leftBytes(): number {
    return this.#view.byteLength - this.#at;
  }

  skip(bytes: number): this {
    this.#take(bytes);
    return this;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2));
  }

  uint24(): number {
    return this.uint8() * 2 ** 16 + this.uint16();
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4));
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4));
  }

  /** @throws MediaError `corrupt` beyond 2^53 */
  uint64(): number {
    const value = this.uint32() * 2 ** 32 + this.uint32();
    if (Number.isSafeInteger(value)) return value;
    throw new MediaError("corrupt", "The recording's stream has a number beyond all bounds.");
  }

  /** What every full box begins with (§4.2). */
  versionAndFlags(): { readonly version: number; readonly flags: number } {
    return { version: this.uint8(), flags: this.uint24() };
  }

  #take(bytes: number): number {
    if (bytes > this.leftBytes) {
      throw new MediaError("corrupt", "The recording's stream has a damaged header.");
    }
    this.#at += bytes;
    return this.#at - bytes;
  }
}

/** A box around `parts`, which are less than 4 GiB together. */
export function box(type: number, ...parts: Uint8Array[]): Uint8Array {
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  return concat(uint32(size), uint32(type), ...parts);
}

export function uint16(value: number): Uint8Array {
  return Uint8Array.of((value >>> 8) & 0xff, value & 0xff);
}

export function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

export function uint64(value: number): Uint8Array {
  return concat(uint32(Math.floor(value / 2 ** 32)), uint32(value % 2 ** 32));
}
