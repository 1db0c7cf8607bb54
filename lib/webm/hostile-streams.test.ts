import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { buildStream, streamArbitrary } from "@/tests/support/webm-streams";
import { MediaError } from "@/lib/media/media-error";
import { createWebmIndexer } from "./index";

// Many runs of a property, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

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

/** Feeds and seals; returns the error's code, or null. Anything but a MediaError fails the test. */
function tryAll(bytes: Uint8Array, step: number): string | null {
  const indexer = createWebmIndexer();
  try {
    for (let from = 0; from < bytes.length; from += step) {
      indexer.feed(bytes.subarray(from, from + step));
      if (indexer.blockEnd > indexer.bodyEnd) throw new Error("a block beyond the end");
    }
    expect(indexer.sourceBytes).toBe(bytes.length);
    // A saved state holds at most the stream's own header and the cues.
    expect(indexer.save().length).toBeLessThan(100_000);
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

describe("hostile streams", () => {
  test("end in a MediaError or a sealed file, and in the same one however they are cut", () => {
    const cases = streamArbitrary.chain((model) =>
      fc.record({
        bytes: fc.constant(buildStream(model).bytes),
        damages: fc.array(damageArbitrary, { minLength: 1, maxLength: 4 }),
        step: fc.integer({ min: 1, max: 4_000 }),
      }),
    );
    fc.assert(
      fc.property(cases, ({ bytes, damages, step }) => {
        const hostile = damages.reduce(damaged, bytes);
        expect(tryAll(hostile, step)).toBe(tryAll(hostile, hostile.length + 1));
      }),
      { numRuns: 1_500 },
    );
  });

  test("damage in the stream's header, where every byte counts", () => {
    const header = streamArbitrary.map((model) => {
      const { bytes, bodyStart } = buildStream(model);
      return bytes.subarray(0, bodyStart + 200);
    });
    fc.assert(
      fc.property(
        header,
        fc.array(damageArbitrary, { minLength: 1, maxLength: 3 }),
        (bytes, damages) => {
          const hostile = damages.reduce(damaged, bytes);
          expect(tryAll(hostile, 1)).toBe(tryAll(hostile, hostile.length + 1));
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test("noise that begins like WebM", () => {
    const start = streamArbitrary.map((model) => {
      const { bytes, bodyStart } = buildStream(model);
      return bytes.subarray(0, bodyStart + 12);
    });
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 2_000 }), (bytes, noise) => {
        const hostile = Buffer.concat([bytes, noise]);
        expect(tryAll(hostile, 7)).toBe(tryAll(hostile, hostile.length + 1));
      }),
      { numRuns: 1_500 },
    );
  });
});

describe("a saved state", () => {
  test("that was damaged is noticed, wherever and however", () => {
    fc.assert(
      fc.property(
        streamArbitrary,
        damageArbitrary,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (model, damage, part) => {
          const { bytes } = buildStream(model);
          const indexer = createWebmIndexer();
          indexer.feed(bytes.subarray(0, Math.floor(bytes.length * part)));
          const saved = indexer.save();
          const changed = damaged(saved, damage);
          if (Buffer.compare(changed, saved) === 0) return;
          expect(() => createWebmIndexer(changed)).toThrow(
            expect.objectContaining({ code: "corrupt" }),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test("that is empty, or noise, is noticed", () => {
    for (const saved of [new Uint8Array(0), new Uint8Array(4), new Uint8Array(300)]) {
      expect(() => createWebmIndexer(saved)).toThrow(expect.objectContaining({ code: "corrupt" }));
    }
  });
});
