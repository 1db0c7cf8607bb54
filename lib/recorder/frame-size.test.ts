import { describe, expect, it } from "vitest";
import { frameSizeFor, letterbox, thumbnailSize } from "./frame-size";
import { videoBitsPerSecond } from "./encoder";

describe("the recorded frame", () => {
  it.each([
    [
      { width: 1280, height: 720 },
      { width: 1280, height: 720 },
    ],
    [
      { width: 1281, height: 721 },
      { width: 1280, height: 720 },
    ],
    [
      { width: 3840, height: 2160 },
      { width: 1920, height: 1080 },
    ],
    [
      { width: 1000, height: 4000 },
      { width: 270, height: 1080 },
    ],
    [
      { width: 1, height: 1 },
      { width: 2, height: 2 },
    ],
  ])("of a screen of %j is %j: even, within 1080p, of the same shape", (screen, frame) => {
    expect(frameSizeFor(screen)).toEqual(frame);
  });

  it("shows a screen of its own size without scaling", () => {
    const size = { width: 1280, height: 720 };
    expect(letterbox(size, size)).toEqual({ x: 0, y: 0, ...size });
  });

  it("centres a screen of another shape between bars", () => {
    const frame = { width: 1280, height: 720 };
    expect(letterbox({ width: 720, height: 720 }, frame)).toEqual({
      ...{ x: 280, y: 0 },
      ...{ width: 720, height: 720 },
    });
    expect(letterbox({ width: 2560, height: 720 }, frame)).toEqual({
      ...{ x: 0, y: 180 },
      ...{ width: 1280, height: 360 },
    });
  });

  it("has a poster of the same shape that is never enlarged", () => {
    expect(thumbnailSize({ width: 1920, height: 1080 }, 640)).toEqual({ width: 640, height: 360 });
    expect(thumbnailSize({ width: 320, height: 200 }, 640)).toEqual({ width: 320, height: 200 });
  });

  it("gets a bitrate that fits its size, within bounds", () => {
    expect(videoBitsPerSecond({ width: 1280, height: 720 })).toBe(2_500_000);
    expect(videoBitsPerSecond({ width: 320, height: 200 })).toBe(1_000_000);
    expect(videoBitsPerSecond({ width: 1920, height: 1080 })).toBe(5_000_000);
  });
});
