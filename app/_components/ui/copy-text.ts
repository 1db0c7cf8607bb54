/**
 * Puts a text on this computer's clipboard, from within a click or a key press. Returns whether the browser
 * allowed it. On plain http there is no clipboard API: there the text is copied as a selection is.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyAsSelection(text);
  }
}

/**
 * Answers the browser's own copy command with the text. Something has to be selected for the command to
 * run everywhere; what the person had selected is selected again afterwards.
 */
function copyAsSelection(text: string): boolean {
  let copied = false;
  const fill = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
    copied = event.clipboardData !== null;
  };
  const unselect = selectSomething();
  document.addEventListener("copy", fill, { capture: true });
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without the clipboard API
    document.execCommand("copy");
  } finally {
    document.removeEventListener("copy", fill, { capture: true });
    unselect();
  }
  return copied;
}

function selectSomething(): () => void {
  const selection = document.getSelection();
  const before = Array.from({ length: selection?.rangeCount ?? 0 }, (_, index) =>
    selection?.getRangeAt(index),
  );
  const stand = document.createElement("span");
  stand.textContent = "copied";
  stand.style.cssText = "position:fixed;opacity:0;user-select:text";
  document.body.append(stand);
  selection?.selectAllChildren(stand);
  return () => {
    stand.remove();
    selection?.removeAllRanges();
    for (const range of before) if (range !== undefined) selection?.addRange(range);
  };
}
