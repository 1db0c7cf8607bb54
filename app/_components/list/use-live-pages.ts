"use client";

import { useRef, useState } from "react";
import { type Page, problemSentence } from "../api-client";
import { appendPage, type Ordered, replaceRow } from "./merge-pages";
import { type ListSource, readChanges, readRow, type Turn } from "./read-changes";
import { type NextPage, useNextPage } from "./use-next-page";
import { usePolling } from "./use-polling";

const USUALLY_EVERY_MS = 2_000;
const NOTHING: ReadonlySet<string> = new Set();

interface LivePagesOptions<T extends Ordered> extends ListSource<T> {
  /** The first page, as the server rendered it. */
  readonly first: Page<T>;
  /** How often to ask, in milliseconds; seldom for what costs the server more than a look at an index. */
  readonly pollEveryMs?: number;
}

export interface LivePages<T> {
  readonly rows: readonly T[];
  readonly hasMore: boolean;
  /** A sentence while the list cannot be read. */
  readonly problem: string | null;
  readonly nextPage: NextPage;
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

/** A list that grows by pages at its end and keeps up with the server in all of its rows. */
export function useLivePages<T extends Ordered>(options: LivePagesOptions<T>): LivePages<T> {
  const { path, first, schema, pollEveryMs = USUALLY_EVERY_MS } = options;
  const [state, setState] = useState({ path, list: first });
  const [problem, setProblem] = useState<string | null>(null);
  const [removed, setRemoved] = useState<ReadonlySet<string>>(NOTHING);
  const turn = useRef<Turn<T> | null>(null);
  if (state.path !== path) setState({ path, list: first });
  const { list } = state;

  // An answer for filters that were changed meanwhile is another list's.
  const change = (to: (before: Page<T>) => Page<T>) =>
    setState((before) => (before.path === path ? { path, list: to(before.list) } : before));

  const nextPage = useNextPage({
    ...{ address: list.next, schema },
    // After a change of the list meanwhile, the page may not be the one that follows.
    onPage: (page, address) =>
      change((before) => (before.next === address ? appendPage(before, page) : before)),
  });

  const refresh = usePolling(async (signal) => {
    try {
      const changes = await readChanges(options, list, turn.current, signal);
      change(changes.update);
      turn.current = changes.next;
      setProblem(null);
      // The server is back, so it has the page that could not be read, too.
      if (problem !== null && nextPage.problem !== null) nextPage.load();
    } catch (error) {
      if (!signal.aborted) setProblem(problemSentence(error));
    }
  }, pollEveryMs);

  return {
    rows: removed.size === 0 ? list.items : list.items.filter(({ id }) => !removed.has(id)),
    hasMore: list.next !== null,
    nextPage,
    problem,
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
