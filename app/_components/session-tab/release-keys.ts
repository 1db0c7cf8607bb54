/**
 * Lets go of what is held down on a desktop when the keyboard goes elsewhere. noVNC hears of a released key only
 * while the desktop has the focus: Ctrl and Shift of our own shortcuts would stay down over there.
 */
export function releaseKeysOnLeave(desktop: HTMLElement): void {
  const held = new Set<string>();
  desktop.addEventListener("keydown", ({ code }) => {
    held.add(code);
  });
  desktop.addEventListener("keyup", ({ code }) => {
    held.delete(code);
  });
  desktop.addEventListener("blur", () => {
    for (const code of held) desktop.dispatchEvent(new KeyboardEvent("keyup", { code }));
  });
}
