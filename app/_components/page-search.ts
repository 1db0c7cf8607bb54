/** What Next hands a page as its address's query. */
export type PageSearch = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** One parameter as text: the first when it is repeated, empty when it is not there. */
export function searchText(search: Awaited<PageSearch>, name: string): string {
  const value = search[name];
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? "";
}

/** A page's whole address: where to come back to after signing in. */
export function addressOf(path: string, search: Awaited<PageSearch>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const each of [value].flat()) if (each !== undefined) params.append(name, each);
  }
  const query = params.toString();
  return query === "" ? path : `${path}?${query}`;
}
