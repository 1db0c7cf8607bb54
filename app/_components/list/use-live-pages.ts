"use client";

import { useState } from "react";
import type { z } from "zod";
import { ApiProblem, type Page, problemSentence, readApi, readPage } from "../api-client";
import { appendPage, mergeNewest, replaceRow } from "./merge-newest";
import { usePolling } from "./use-polling";

const POLL_EVERY_MS = 2_000;
/** Rows below the first page are read one by one, so not too many of them. */
const MOST_SINGLE_READS = 10;

interface Listed {
  readonly id: string;
  readonly created_at: string;
}

interface LivePagesOptions<T extends Listed> {
  /** The first page, as the server rendered it. */
  readonly first: Page<T>;
  /** Its address in the API. */
  readonly path: string;
  readonly schema: z.ZodType<T>;
  /** Address of one row in the API. */
  readonly rowPath: (id: string) => string;
  /** Whether a row still changes by itself. */
  readonly isLive: (row: T) => boolean;
}

export interface LivePages<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** A sentence while the list cannot be read. */
  readonly problem: string | null;
  readonly loadMore: () => void;
  readonly remove: (id: string) => void;
  /** Reads what may have changed at once instead of in a moment. */
  readonly refresh: () => void;
}

/** A list that grows by pages at its end and keeps up with the server at its top and in its live rows. */
export function useLivePages<T extends Listed>(options: LivePagesOptions<T>): LivePages<T> {
  const { path, schema, rowPath, isLive } = options;
  const [list, setList] = useState(options.first);
  const [loadingMore, setLoadingMore] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const refresh = usePolling(async (signal) => {
    try {
      const fresh = await readPage(path, schema, { signal });
      const seen = new Set(fresh.items.map(({ id }) => id));
      const below = list.items.filter((row) => isLive(row) && !seen.has(row.id));
      const singles = await Promise.all(
        below.slice(0, MOST_SINGLE_READS).map((row) => readRow(row.id, signal)),
      );
      setList((before) =>
        singles.reduce(
          (merged, { id, row }) => replaceRow(merged, id, row),
          mergeNewest(before, fresh),
        ),
      );
      setProblem(null);
    } catch (error) {
      if (!signal.aborted) setProblem(problemSentence(error));
    }
  }, POLL_EVERY_MS);

  const readRow = async (id: string, signal: AbortSignal) => {
    try {
      return { id, row: await readApi(rowPath(id), schema, { signal }) };
    } catch (error) {
      if (error instanceof ApiProblem && error.code === "not_found") return { id, row: null };
      throw error;
    }
  };

  const loadMore = async (next: string) => {
    setLoadingMore(true);
    try {
      const page = await readPage(next, schema);
      setList((before) => appendPage(before, page));
      setProblem(null);
    } catch (error) {
      setProblem(problemSentence(error));
    } finally {
      setLoadingMore(false);
    }
  };

  return {
    rows: list.items,
    hasMore: list.next !== null,
    loadingMore,
    problem,
    loadMore: () => {
      if (list.next !== null && !loadingMore) void loadMore(list.next);
    },
    remove: (id) => setList((before) => replaceRow(before, id, null)),
    refresh,
  };
}
