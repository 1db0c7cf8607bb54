"use client";

import { useState } from "react";
import type { z } from "zod";
import { type Page, problemSentence, readPage } from "../api-client";
import { usePolling } from "./use-polling";

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** The page below a list's last row, and how it stands with it. */
export interface NextPage {
  /** Its address; null when the list is whole. */
  readonly address: string | null;
  readonly loading: boolean;
  /** A sentence when it could not be read; it is then asked for again and again. */
  readonly problem: string | null;
  readonly load: () => void;
}

interface NextPageOptions<T> {
  readonly address: string | null;
  readonly schema: z.ZodType<T>;
  readonly onPage: (page: Page<T>, address: string) => void;
}

interface Failure {
  readonly address: string;
  readonly times: number;
  readonly problem: string;
}

/**
 * Reads the next page of a list when it is told to. One that could not be read is asked for again by itself,
 * ever less often, and at once when the network is back or the tab is looked at again.
 */
export function useNextPage<T>({ address, schema, onPage }: NextPageOptions<T>): NextPage {
  const [asked, setAsked] = useState<string | null>(null);
  const [failed, setFailed] = useState<Failure | null>(null);
  // Of another page nothing is known: the list has grown, or is another one.
  const failure = failed !== null && failed.address === address ? failed : null;
  const loading = asked !== null && asked === address;
  const load = async () => {
    if (address === null || loading) return;
    setAsked(address);
    try {
      onPage(await readPage(address, schema), address);
      setFailed(null);
    } catch (error) {
      const times = (failure?.times ?? 0) + 1;
      setFailed({ address, times, problem: problemSentence(error) });
    } finally {
      setAsked((now) => (now === address ? null : now));
    }
  };
  usePolling(load, failure === null ? null : retryAfterMs(failure.times));
  return { address, loading, problem: failure?.problem ?? null, load: () => void load() };
}

function retryAfterMs(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
}
