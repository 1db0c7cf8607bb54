import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MediaError } from "@/lib/media/media-error";
import type { MediaIndexer } from "@/lib/media/media-indexer";
import { hostileRuns } from "./hostile-runs";

export type Damage =
  | { kind: "flip"; at: number; to: number }
  | { kind: "cut"; at: number; length: number }
  | { kind: "repeat"; at: number; length: number }
  | { kind: "insert"; at: number; bytes: Uint8Array };

const at = fc.nat();
export const damageArbitrary: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({
    kind: fc.constant("flip"),
    at,
    to: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 1, 0xff)),
  }),
  fc.record({ kind: fc.constant("cut"), at, length: fc.nat({ max: 200 }) }),
  fc.record({ kind: fc.constant("repeat"), at, length: fc.nat({ max: 200 }) }),
  fc.record({ kind: fc.constant("insert"), at, bytes: fc.uint8Array({ maxLength: 20 }) }),
);

export function damaged(bytes: Uint8Array, damage: Damage): Uint8Array {
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

/** How to damage a real capture; small, so that a failure can be read. */
export interface DamagedCapture {
  readonly capture: number;
  /** Whose end takes the place of the first one's, from the same place on. */
  readonly graft: number | null;
  readonly length: number;
  readonly damages: readonly Damage[];
}

/** `spots` are places in a stream where damage hurts most, such as the starts of its pieces. */
export function damagedCaptureArbitrary(spots: readonly number[]): fc.Arbitrary<DamagedCapture> {
  const hurting = fc
    .tuple(fc.constantFrom(...spots), fc.integer({ min: -8, max: 24 }))
    .map(([spot, by]) => Math.max(0, spot + by));
  const place = fc.oneof(hurting, fc.nat({ max: 400 }), fc.nat());
  const damage = fc.tuple(damageArbitrary, place).map(([done, at]) => ({ ...done, at }));
  return fc.record({
    capture: fc.nat(),
    graft: fc.option(fc.nat(), { freq: 5 }),
    length: fc.oneof(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 500_000 })),
    damages: fc.array(damage, { minLength: 1, maxLength: 5 }),
  });
}

export function damageCapture(
  captures: readonly Uint8Array[],
  { capture, graft, length, damages }: DamagedCapture,
): Uint8Array {
  const pick = (index: number) => captures[index % captures.length] ?? new Uint8Array();
  const own = pick(capture).subarray(0, length);
  const middle = Math.floor(own.length / 2);
  const whole =
    graft === null
      ? own
      : Buffer.concat([own.subarray(0, middle), pick(graft).subarray(middle, length)]);
  return damages.reduce(damaged, whole);
}

/** Where an element's or a box's four-letter `mark` stands in a stream. */
export function spotsOf(bytes: Uint8Array, marks: readonly (string | number[])[]): number[] {
  const buffer = Buffer.from(bytes);
  return marks.flatMap((mark) => {
    const needle = Buffer.from(mark as string);
    const spots: number[] = [];
    for (let at = buffer.indexOf(needle); at >= 0; at = buffer.indexOf(needle, at + 1)) {
      spots.push(at);
    }
    return spots;
  });
}

/** A container whose reader is to stand anything. */
export interface Subject {
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
  const many = () => hostileRuns(1_500);

  describe("hostile streams", () => {
    test("end in a MediaError or a sealed file, and in the same one however they are cut", () => {
      const step = fc.integer({ min: 1, max: 4_000 });
      fc.assert(
        fc.property(streams, damages, step, ({ bytes }, done, size) => {
          const hostile = done.reduce(damaged, bytes);
          expect(tryAll(subject, hostile, size)).toBe(tryAll(subject, hostile, hostile.length + 1));
        }),
        many(),
      );
    });

    test("damage in the stream's header, where every byte counts", () => {
      fc.assert(
        fc.property(streams, damages, ({ bytes, bodyStart }, done) => {
          const hostile = done.reduce(damaged, bytes.subarray(0, bodyStart + 200));
          expect(tryAll(subject, hostile, 1)).toBe(tryAll(subject, hostile, hostile.length + 1));
        }),
        many(),
      );
    });

    test("noise that begins well", () => {
      const noise = fc.uint8Array({ maxLength: 2_000 });
      fc.assert(
        fc.property(streams, noise, ({ bytes, bodyStart }, rest) => {
          const hostile = Buffer.concat([bytes.subarray(0, bodyStart + 12), rest]);
          expect(tryAll(subject, hostile, 7)).toBe(tryAll(subject, hostile, hostile.length + 1));
        }),
        many(),
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
        hostileRuns(500),
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
export function tryAll(
  { createIndexer, maxStateBytes }: Omit<Subject, "streams">,
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
