/**
 * A `Content-Disposition` value that makes a browser save the answer under `filename` (RFC 6266):
 * the exact name for every current browser, and one in plain ASCII for the rest.
 */
export function attachment(filename: string): string {
  const ascii = filename.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encodeExtended(filename)}`;
}

/** RFC 8187 allows fewer characters unescaped than `encodeURIComponent` leaves. */
function encodeExtended(text: string): string {
  const escape = (character: string) =>
    `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  return encodeURIComponent(text).replaceAll(/['()*]/g, escape);
}
