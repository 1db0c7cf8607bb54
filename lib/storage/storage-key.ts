import { randomUUID } from "node:crypto";

/** The name of one stored object: path segments of plain characters joined by `/`. */
const KEY = /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i;
const MAX_KEY_LENGTH = 512;

/** Ends the name of an object that is not finished; a key may not end so itself. */
export const PART_SUFFIX = ".part";

const PROBE = /^\.writable-[0-9a-f-]{36}$/;

/** A name for what is written only to see whether it can be: never a key, never used twice. */
export function newProbeName(): string {
  return `.writable-${randomUUID()}`;
}

export function isProbeName(name: string): boolean {
  return PROBE.test(name);
}

/** Whether it can name an object and nothing outside the store; see `checkedKey`. */
export function isKey(key: string): boolean {
  return key.length <= MAX_KEY_LENGTH && KEY.test(key) && !key.endsWith(PART_SUFFIX);
}

/**
 * Passes a key through when it can name an object and nothing outside the store: no empty segment,
 * none that begins with a dot (so no `..`), no backslash and no control character.
 * @throws Error for any other key: keys are made by the product, so a bad one is a bug.
 */
export function checkedKey(key: string): string {
  if (isKey(key)) return key;
  throw new Error(`Not a storage key: ${JSON.stringify(key)}`);
}
