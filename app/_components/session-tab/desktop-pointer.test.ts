import { describe, expect, it } from "vitest";
import { inCanvasPixels, parseCursor } from "./desktop-pointer";

describe("the cursor that a desktop shows", () => {
  it("is an image and what in it points, as browsers write them and as noVNC does", () => {
    const url = "data:image/png;base64,iVBORw0KGgo=";
    const cursor = { kind: "image", url, hotSpot: { x: 4, y: 11 } };
    expect(parseCursor(`url("${url}") 4 11, default`)).toEqual(cursor);
    expect(parseCursor(`url(${url})4 11, default`)).toEqual(cursor);
    expect(parseCursor(`url('${url}') 4 11`)).toEqual(cursor);
  });

  it("points with its corner where nothing else is said", () => {
    const cursor = parseCursor('url("data:,picture"), default');
    expect(cursor).toEqual({ kind: "image", url: "data:,picture", hotSpot: { x: 0, y: 0 } });
  });

  it("is nothing where the desktop hides it, and an arrow where the browser shows its own", () => {
    expect(parseCursor("none")).toEqual({ kind: "none" });
    for (const css of ["", "default", "auto", "pointer", "url("]) {
      expect(parseCursor(css), css).toEqual({ kind: "arrow" });
    }
  });
});

describe("a place on the page in a desktop's pixels", () => {
  const seen = { x: 130, y: 70, width: 16, height: 24 };

  it("is where it is on a desktop that fills the page", () => {
    const box = { x: 0, y: 0, width: 1280, height: 800 };
    expect(inCanvasPixels(seen, { width: 1280, height: 800 }, box)).toEqual(seen);
  });

  it("is as large against the desktop as it looks where the desktop is scaled", () => {
    const box = { x: 100, y: 50, width: 640, height: 400 };
    const place = { x: 60, y: 40, width: 32, height: 48 };
    expect(inCanvasPixels(seen, { width: 1280, height: 800 }, box)).toEqual(place);
  });

  it("lies outside where the page goes on beyond the desktop", () => {
    const box = { x: 140, y: 90, width: 640, height: 400 };
    const place = { x: -10, y: -20, width: 16, height: 24 };
    expect(inCanvasPixels(seen, { width: 640, height: 400 }, box)).toEqual(place);
  });
});
