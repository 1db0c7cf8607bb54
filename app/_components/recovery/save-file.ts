/** Has the browser save `content` as a file, without reading it into memory. */
export function saveFile(content: Blob, filename: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = filename;
  link.click();
  // The browser reads on after the click; a page that is left lets go of it in any case.
  setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_AFTER_MS);
}

const RELEASE_AFTER_MS = 60_000;
