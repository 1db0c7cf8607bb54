import { expect, test } from "vitest";
import { AUDIO, buildStream, type ClusterModel, VIDEO } from "@/tests/support/webm-streams";
import { createIndexer } from "./create-indexer";
import { RESERVED_HEADER_BYTES } from "./media-indexer";

function cluster(ticks: number): ClusterModel {
  const frame = { track: 1, isKeyframe: true, dataBytes: 40, flags: 0, group: null };
  const blocks = [
    { ...frame, relativeTicks: 0 },
    { ...frame, track: 2, relativeTicks: 7 },
    { ...frame, isKeyframe: false, relativeTicks: 33 },
    { ...frame, isKeyframe: false, relativeTicks: 66 },
  ];
  return { isSized: false, ticks, blocks, within: [], after: [] };
}

const { bytes } = buildStream({
  timestampScaleNs: 1_000_000,
  tracks: [VIDEO, AUDIO],
  isSegmentSized: false,
  before: [],
  clusters: [0, 1_000, 2_000].map(cluster),
});
const CUT = bytes.length - 20;

/** As it lies in rows that were made before there was more than WebM; cut inside the last block. */
const STATE_BEFORE_MP4 =
  "AZoFAK4FAQdCgoR3ZWJtAQwq17GDD0JA7IMAAAABKa6X14EBg4EBhoVWX1ZQOeCIsIICgLqCAWiujteBAoOBAoaGQV9PUFVTAAEAAVcB5gMA" +
  "0A8BAa4FAQHCgAIAAAGABQBAoCSqqqqqqwEDAICABOgHxwHoB8gB+oHRkA==";

test("a WebM recording that was begun before MP4 was known goes on from its saved state", () => {
  const whole = createIndexer();
  whole.feed(bytes);
  const later = createIndexer(Buffer.from(STATE_BEFORE_MP4, "base64"));
  expect(later).toMatchObject({ format: "webm", sourceBytes: CUT, hasMedia: true });
  later.feed(bytes.subarray(CUT));
  expect(later.sealedHeader()).toEqual(whole.sealedHeader());
  expect(later.save()).toEqual(whole.save());
});

test("the first byte tells what a stream is, however little of it comes at once", () => {
  const indexer = createIndexer();
  expect(indexer.feed(new Uint8Array(0))).toHaveLength(0);
  expect(indexer).toMatchObject({ format: null, sourceBytes: 0, bodyEnd: RESERVED_HEADER_BYTES });
  const unopened = createIndexer(indexer.save());
  unopened.feed(bytes.subarray(0, 1));
  expect(unopened.format).toBe("webm");
  const other = createIndexer();
  other.feed(Uint8Array.of(0));
  expect(createIndexer(other.save())).toMatchObject({ format: "mp4", sourceBytes: 1 });
});

test("what begins like neither is refused at its first byte", () => {
  for (const page of ["<!doctype html>", "RIFF", "OggS", "\u00ff"]) {
    expect(() => createIndexer().feed(Buffer.from(page, "latin1"))).toThrow(
      expect.objectContaining({ code: "unknown_format" }),
    );
  }
});

test("nothing can be made of a stream of which nothing has come", () => {
  expect(() => createIndexer().liveHeader()).toThrow(expect.objectContaining({ code: "no_media" }));
  expect(() => createIndexer().sealedHeader()).toThrow(
    expect.objectContaining({ code: "no_media" }),
  );
});

test("a saved state of no kind of ours is noticed", () => {
  expect(() => createIndexer(Uint8Array.of(9, 9, 9, 9, 9, 9))).toThrow(
    expect.objectContaining({ code: "corrupt" }),
  );
});
