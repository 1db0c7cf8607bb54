import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concat } from "@/lib/media/concat";
import {
  children,
  element,
  ID,
  readElementHeader,
  readUint,
  readVint,
  uint,
  wideElementHead,
} from "./ebml";
import { MediaError } from "@/lib/media/media-error";

describe("EBML", () => {
  test("an element written is read back, whatever its size", () => {
    const size = fc.oneof(
      fc.nat({ max: 300 }),
      fc.constantFrom(126, 127, 128, 16_382, 16_383, 16_384),
    );
    fc.assert(
      fc.property(size, (bytes) => {
        const written = element(ID.cues, new Uint8Array(bytes).fill(7));
        const header = readElementHeader(written, 0);
        expect(header).toEqual({ id: ID.cues, size: bytes, headerBytes: written.length - bytes });
        expect([...children(written)]).toHaveLength(1);
      }),
    );
  });

  test("sizes and numbers are exact up to 2^53", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const head = wideElementHead(ID.segment, value);
        expect(readElementHeader(head, 0)).toEqual({
          id: ID.segment,
          size: value,
          headerBytes: 12,
        });
        const bytes = uint(value);
        expect(readUint(bytes, 0, bytes.length)).toBe(value);
      }),
    );
  });

  test("a size of all ones is unknown, in every width", () => {
    for (let width = 1; width <= 8; width += 1) {
      const ones = new Uint8Array(width).fill(0xff);
      ones[0] = 0xff >> (width - 1);
      expect(readElementHeader(concat(uint(ID.cluster), ones), 0)?.size).toBe("unknown");
    }
    expect(readElementHeader(wideElementHead(ID.segment, "unknown"), 0)?.size).toBe("unknown");
  });

  test("a size of 127 bytes does not turn into the unknown size of one byte", () => {
    expect(readElementHeader(element(ID.void, new Uint8Array(127)), 0)?.size).toBe(127);
  });

  test("a header that is not all there is asked for again, at any cut", () => {
    const head = wideElementHead(ID.cluster, 5);
    for (let cut = 0; cut < head.length; cut += 1) {
      expect(readElementHeader(head.subarray(0, cut), 0)).toBeNull();
    }
  });

  test("what cannot be an id or a size is refused", () => {
    const refused = [
      [0x00],
      [0x08, 1, 2, 3, 4],
      [0xff, 0x81],
      [0x80, 0x81],
      [0x7f, 0xff, 0x81],
      [0xec, 0x00],
    ];
    for (const bytes of refused) {
      expect(() => readElementHeader(Uint8Array.from(bytes), 0)).toThrow(MediaError);
    }
    const beyond = concat(uint(ID.void), Uint8Array.of(0x01, 0x20, 0, 0, 0, 0, 0, 0));
    expect(() => readElementHeader(beyond, 0)).toThrow(MediaError);
  });

  test("a number of eight bytes is read", () => {
    expect(readVint(Uint8Array.of(0x01, 0, 0, 0, 0, 0, 1, 2), 0, 8)?.value).toBe(258);
  });

  test("a child longer than its parent is refused", () => {
    const child = element(ID.void, new Uint8Array(20));
    expect(() => [...children(child.subarray(0, 10))]).toThrow(MediaError);
    expect(() => [...children(wideElementHead(ID.cluster, "unknown"))]).toThrow(MediaError);
  });
});
