/** What the API takes of a text to look for: `maxLength` characters, none of them zero; see `lib/http/query-text`. */
export function allowedText(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replaceAll("\0", "");
}
