/** The same answer to whoever asks within `freshMs`; what failed is tried again at once. */
export function remembered<T>(freshMs: number, look: () => Promise<T>): () => Promise<T> {
  let latest: { readonly at: number; readonly found: Promise<T> } | null = null;
  return () => {
    if (latest !== null && performance.now() - latest.at < freshMs) return latest.found;
    const found = look();
    latest = { at: performance.now(), found };
    found.catch(() => (latest = null));
    return found;
  };
}
