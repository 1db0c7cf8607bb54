import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MediaError } from "@/lib/media/media-error";
import type { MediaIndexer } from "@/lib/media/media-indexer";

type Damage =
  | { kind: "flip"; at: number; to: number }
  | { kind: "cut"; at: number; length: number }
  | { kind: "repeat"; at: number; length: number }
  | { kind: "insert"; at: number; bytes: Uint8Array };

const at = fc.nat();
const damageArbitrary: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constant("flip"),
    at,
    to: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 0xff)),
  }),
  fc.record({ kind: fc.constant("cut"), at, length: fc.nat({ max: 200 }) }),
  fc.record({ kind: fc.constant("repeat"), at, length: fc.nat({ max: 200 }) }),
  fc.record({ kind: fc.constant("insert"), at, bytes: fc.uint8Array({ maxLength: 20 }) }),
);

function damaged(bytes: Uint8Array, damage: Damage): Uint8Array {
  const position = damage.at % Math.max(1, bytes.length);
  const before = bytes.subarray(0, position);
  switch (damage.kind) {
    case "flip":
      return Buffer.concat([before, Uint8Array.of(damage.to), bytes.subarray(position + 1)]);
    case "cut":
      return Buffer.concat([before, bytes.subarray(position + damage.length)]);
    case "repeat":
      return Buffer.concat([
        before,
        bytes.subarray(position, position + damage.length),
        bytes.subarray(position),
      ]);
    case "insert":
      return Buffer.concat([before, damage.bytes, bytes.subarray(position)]);
  }
}

/** A container whose reader is to stand anything. */
interface Subject {
  readonly createIndexer: (saved?: Uint8Array) => MediaIndexer;
  /** Streams in good order. */
  readonly streams: fc.Arbitrary<{ readonly bytes: Uint8Array; readonly bodyStart: number }>;
  /** More than any saved state has: the stream's own header, one piece under way, and the cues. */
  readonly maxStateBytes: number;
}

/** Tests that no stream and no saved state, however damaged, does harm. */
export function testHostileStreams(subject: Subject): void {
  const { createIndexer, streams } = subject;
  const damages = fc.array(damageArbitrary, { minLength: 1, maxLength: 4 });
  const many = { numRuns: 1_500 };

  describe("hostile streams", () => {
    test("end in a MediaError or a sealed file, and in the same one however they are cut", () => {
      const step = fc.integer({ min: 1, max: 4_000 });
      fc.assert(
        fc.property(streams, damages, step, ({ bytes }, done, size) => {
          const hostile = done.reduce(damaged, bytes);
          expect(tryAll(subject, hostile, size)).toBe(tryAll(subject, hostile, hostile.length + 1));
        }),
        many,
      );
    });

    test("damage in the stream's header, where every byte counts", () => {
      fc.assert(
        fc.property(streams, damages, ({ bytes, bodyStart }, done) => {
          const hostile = done.reduce(damaged, bytes.subarray(0, bodyStart + 200));
          expect(tryAll(subject, hostile, 1)).toBe(tryAll(subject, hostile, hostile.length + 1));
        }),
        many,
      );
    });

    test("noise that begins well", () => {
      const noise = fc.uint8Array({ maxLength: 2_000 });
      fc.assert(
        fc.property(streams, noise, ({ bytes, bodyStart }, rest) => {
          const hostile = Buffer.concat([bytes.subarray(0, bodyStart + 12), rest]);
          expect(tryAll(subject, hostile, 7)).toBe(tryAll(subject, hostile, hostile.length + 1));
        }),
        many,
      );
    });
  });

  describe("a saved state", () => {
    test("that was damaged is noticed, wherever and however", () => {
      const part = fc.double({ min: 0, max: 1, noNaN: true });
      fc.assert(
        fc.property(streams, damageArbitrary, part, ({ bytes }, damage, share) => {
          const indexer = createIndexer();
          indexer.feed(bytes.subarray(0, Math.floor(bytes.length * share)));
          const saved = indexer.save();
          const changed = damaged(saved, damage);
          if (Buffer.compare(changed, saved) === 0) return;
          expect(() => createIndexer(changed)).toThrow(
            expect.objectContaining({ code: "corrupt" }),
          );
        }),
        { numRuns: 500 },
      );
    });

    test("that is empty, or noise, is noticed", () => {
      for (const saved of [new Uint8Array(0), new Uint8Array(4), new Uint8Array(300)]) {
        expect(() => createIndexer(saved)).toThrow(expect.objectContaining({ code: "corrupt" }));
      }
    });
  });
}

/** Feeds and seals; returns the error's code, or null. Anything but a MediaError fails the test. */
function tryAll(
  { createIndexer, maxStateBytes }: Subject,
  bytes: Uint8Array,
  step: number,
): string | null {
  const indexer = createIndexer();
  try {
    for (let from = 0; from < bytes.length; from += step) {
      indexer.feed(bytes.subarray(from, from + step));
      if (indexer.blockEnd > indexer.bodyEnd) throw new Error("a block beyond the end");
    }
    expect(indexer.sourceBytes).toBe(bytes.length);
    expect(indexer.save().length).toBeLessThan(maxStateBytes);
    if (indexer.hasMedia) {
      indexer.liveHeader();
      const sealed = indexer.sealedHeader();
      expect(Number.isSafeInteger(sealed.durationMs)).toBe(true);
    }
    return null;
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    return error.code;
  }
}
