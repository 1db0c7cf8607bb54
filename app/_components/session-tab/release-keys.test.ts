import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { releaseKeysOnLeave } from "./release-keys";

/** What the browser has and Node lacks. */
class KeyPress extends Event {
  readonly code: string;

  constructor(type: string, { code }: { readonly code: string }) {
    super(type);
    this.code = code;
  }
}

beforeEach(() => vi.stubGlobal("KeyboardEvent", KeyPress));
afterEach(() => vi.unstubAllGlobals());

it("releases the keys still held when the keyboard leaves the desktop, each once", () => {
  const desktop = new EventTarget();
  const released: string[] = [];
  desktop.addEventListener("keyup", (event) => {
    if (event instanceof KeyPress) released.push(event.code);
  });
  releaseKeysOnLeave(desktop as HTMLElement);

  desktop.dispatchEvent(new KeyPress("keydown", { code: "KeyA" }));
  desktop.dispatchEvent(new KeyPress("keyup", { code: "KeyA" }));
  desktop.dispatchEvent(new KeyPress("keydown", { code: "ControlLeft" }));
  desktop.dispatchEvent(new KeyPress("keydown", { code: "ShiftLeft" }));
  desktop.dispatchEvent(new Event("blur"));
  desktop.dispatchEvent(new Event("blur"));

  expect(released).toEqual(["KeyA", "ControlLeft", "ShiftLeft"]);
});
