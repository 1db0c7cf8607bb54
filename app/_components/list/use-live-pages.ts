"use client";

import { useState } from "react";
import type { z } from "zod";
import { isGone, type Page, problemSentence, readApi, readPage } from "../api-client";
import { appendPage, mergeNewest, replaceKnown, replaceRow } from "./merge-newest";
import { usePolling } from "./use-polling";

const USUALLY_EVERY_MS = 2_000;
/** Rows below the first page are read one by one, so not too many of them. */
const MOST_SINGLE_READS = 10;
const NOTHING: ReadonlySet<string> = new Set();

interface Listed {
  readonly id: string;
  readonly created_at: string;
}

interface LivePagesOptions<T extends Listed> {
  /** The first page, as the server rendered it. */
  readonly first: Page<T>;
  /** Its address in the API, filters included: another address is another list. */
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** Address of one row in the API. */
  readonly rowPath: (id: string) => string;
  /** Whether a row still changes by itself. */
  readonly isLive: (row: T) => boolean;
  /** The newest come first, as they do unless said otherwise: then new rows come in at the top. */
  readonly newestFirst?: boolean;
  /** How often to ask, in milliseconds; seldom for what costs the server more than a look at an index. */
  readonly pollEveryMs?: number;
}

export interface LivePages<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** A sentence while the list cannot be read. */
  readonly problem: string | null;
  readonly loadMore: () => void;
  /** Leaves a row out from now on, whatever an answer that is on its way still says. */
  readonly remove: (id: string) => void;
  /** Takes a row out of the list as it is now: another list, with other filters, may have it. */
  readonly drop: (id: string) => void;
  /** Shows a row again that was left out. */
  readonly restore: (id: string) => void;
  /** Reads what may have changed at once instead of in a moment. */
  readonly refresh: () => void;
  /** Reads one row again, wherever it is in the list. */
  readonly refreshRow: (id: string) => Promise<void>;
}

/** A list that grows by pages at its end and keeps up with the server at its top and in its live rows. */
export function useLivePages<T extends Listed>(options: LivePagesOptions<T>): LivePages<T> {
  const { path, first, schema, pollEveryMs = USUALLY_EVERY_MS } = options;
  const [state, setState] = useState({ path, list: first });
  const [loadingMore, setLoadingMore] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [removed, setRemoved] = useState<ReadonlySet<string>>(NOTHING);
  if (state.path !== path) setState({ path, list: first });
  const { list } = state;

  // An answer for filters that were changed meanwhile is another list's.
  const change = (to: (before: Page<T>) => Page<T>) =>
    setState((before) => (before.path === path ? { path, list: to(before.list) } : before));

  const refresh = usePolling(async (signal) => {
    try {
      const update = await readChanges(options, list, signal);
      change(update);
      setProblem(null);
    } catch (error) {
      if (!signal.aborted) setProblem(problemSentence(error));
    }
  }, pollEveryMs);

  const loadMore = async (next: string) => {
    setLoadingMore(true);
    try {
      const page = await readPage(next, schema);
      change((before) => appendPage(before, page));
      setProblem(null);
    } catch (error) {
      setProblem(problemSentence(error));
    } finally {
      setLoadingMore(false);
    }
  };

  return {
    rows: removed.size === 0 ? list.items : list.items.filter(({ id }) => !removed.has(id)),
    hasMore: list.next !== null,
    loadingMore,
    problem,
    loadMore: () => {
      if (list.next !== null && !loadingMore) void loadMore(list.next);
    },
    remove: (id) => setRemoved((before) => new Set(before).add(id)),
    drop: (id) => change((before) => replaceRow(before, id, null)),
    restore: (id) => setRemoved((before) => new Set([...before].filter((each) => each !== id))),
    refresh,
    refreshRow: async (id) => {
      try {
        const row = await readRow(options.rowPath(id), schema);
        change((before) => replaceRow(before, id, row));
      } catch (error) {
        setProblem(problemSentence(error));
      }
    },
  };
}

/** Reads the first page again, and the live rows that it does not show; answers how the list changes. */
async function readChanges<T extends Listed>(
  { path, schema, rowPath, isLive, newestFirst = true }: LivePagesOptions<T>,
  list: Page<T>,
  signal: AbortSignal,
): Promise<(before: Page<T>) => Page<T>> {
  const fresh = await readPage(path, schema, { signal });
  const seen = new Set(fresh.items.map(({ id }) => id));
  const below = list.items.filter((row) => isLive(row) && !seen.has(row.id));
  const singles = await Promise.all(
    below.slice(0, MOST_SINGLE_READS).map(async ({ id }) => ({
      id,
      row: await readRow(rowPath(id), schema, signal),
    })),
  );
  return (before) =>
    singles.reduce(
      (merged, { id, row }) => replaceRow(merged, id, row),
      newestFirst ? mergeNewest(before, fresh) : replaceKnown(before, fresh),
    );
}

/** One row; null when it is gone. */
async function readRow<T>(
  path: string,
  schema: z.ZodType<T>,
  signal?: AbortSignal,
): Promise<T | null> {
  try {
    return await readApi(path, schema, signal === undefined ? {} : { signal });
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
