/** A text as part of a LIKE pattern that means only itself: three characters mean something else there. */
export function literalInLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
