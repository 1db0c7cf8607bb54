/** What Next hands a page as its address's query. */
export type PageSearch = Promise<Readonly<Record<string, string | string[] | undefined>>>;

/** One parameter as text: the first when it is repeated, empty when it is not there. */
export function searchText(search: Awaited<PageSearch>, name: string): string {
  const value = search[name];
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? "";
}
