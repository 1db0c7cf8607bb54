import type { Dirent, Stats } from "node:fs";
import { lstat, opendir } from "node:fs/promises";
import path from "node:path";
import { onDisk, systemCode } from "./local-files";
import type { StoredItem } from "./recording-store";
import { isKey, isProbeName, PART_SUFFIX } from "./storage-key";

/** Names of one folder that are in memory at once; a larger folder is read several times. */
const NAMES_AT_ONCE = 50_000;
const READ_AT_ONCE = 1_024;

/** `<key>.<uuid>.part` is on its way to becoming `<key>`; see `put`. */
const TEMPORARY = /^(.+)\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.part$/;

/**
 * Every file under `root`, in the order of their names; a folder that no key can lead into is one item.
 * A root that does not exist holds nothing.
 */
export async function* listFiles(
  root: string,
  { namesAtOnce = NAMES_AT_ONCE }: { readonly namesAtOnce?: number } = {},
): AsyncGenerator<StoredItem> {
  yield* listFolder({ root, namesAtOnce }, "");
}

interface Listing {
  readonly root: string;
  readonly namesAtOnce: number;
}

/** `folder` is empty or ends with a slash. */
async function* listFolder(listing: Listing, folder: string): AsyncGenerator<StoredItem> {
  const directory = path.join(listing.root, folder);
  for await (const { entry, place } of entriesInOrder(directory, listing.namesAtOnce)) {
    if (entry.isDirectory() && isKey(folder + entry.name)) {
      yield* listFolder(listing, folder + place);
      continue;
    }
    const item = await describe(listing.root, folder + entry.name);
    if (item !== null) yield item;
  }
}

/** An entry and its place in the order: the files in a folder stand where its name with a slash does. */
interface Placed {
  readonly entry: Dirent;
  readonly place: string;
}

async function* entriesInOrder(directory: string, namesAtOnce: number): AsyncGenerator<Placed> {
  let after = "";
  for (;;) {
    const next = await onDisk(() => firstEntries(directory, after, namesAtOnce));
    yield* next;
    if (next.length < namesAtOnce) return;
    after = next.at(-1)?.place ?? after;
  }
}

/** The first `count` entries behind `after`. Holds twice as many at most. */
async function firstEntries(directory: string, after: string, count: number): Promise<Placed[]> {
  let first: Placed[] = [];
  const cut = () => {
    first.sort((a, b) => (a.place < b.place ? -1 : 1));
    first = first.slice(0, count);
  };
  try {
    for await (const entry of await opendir(directory, { bufferSize: READ_AT_ONCE })) {
      const place = entry.isDirectory() ? `${entry.name}/` : entry.name;
      if (place > after) first.push({ entry, place });
      if (first.length >= 2 * count) cut();
    }
  } catch (error) {
    // Removed since its parent was read, or never made.
    if (systemCode(error) !== "ENOENT") throw error;
  }
  cut();
  return first;
}

/** Null when it is gone. */
async function describe(root: string, name: string): Promise<StoredItem | null> {
  const found = await onDisk(() => statOrNull(path.join(root, name)));
  if (found === null) return null;
  const listed = { name, sizeBytes: found.size, modifiedAt: found.mtime };
  if (!found.isFile()) return { ...listed, form: "foreign" };
  if (isProbeName(name)) return { ...listed, form: "probe" };
  if (isKey(name)) return { ...listed, form: "finished", key: name };
  const target = TEMPORARY.exec(name)?.[1];
  if (target !== undefined && isKey(target)) return { ...listed, form: "temporary", key: target };
  const key = name.endsWith(PART_SUFFIX) ? name.slice(0, -PART_SUFFIX.length) : "";
  return isKey(key) ? { ...listed, form: "unfinished", key } : { ...listed, form: "foreign" };
}

/** Whether the file is there with the size and the time it was listed with. */
export async function hasStayed(root: string, item: StoredItem): Promise<boolean> {
  const found = await statOrNull(path.join(root, item.name));
  if (found === null) return false;
  return found.size === item.sizeBytes && found.mtime.getTime() === item.modifiedAt.getTime();
}

async function statOrNull(file: string): Promise<Stats | null> {
  try {
    return await lstat(file);
  } catch (error) {
    if (systemCode(error) !== "ENOENT") throw error;
    return null;
  }
}
