"use client";

import { useEffect, useState } from "react";
import { type RecordingJson, recordingSchema } from "@/lib/recordings/recording-schema";
import { readPage } from "../api-client";

const TYPING_PAUSE_MS = 200;
const MOST = 6;
const NONE: readonly RecordingJson[] = [];

export interface RecordingSearch {
  readonly recordings: readonly RecordingJson[];
  readonly searching: boolean;
}

/** My recordings that match a text, asked for when the typing pauses. */
export function useRecordingSearch(text: string): RecordingSearch {
  const query = text.trim();
  const [found, setFound] = useState({ query: "", recordings: NONE });
  useEffect(() => {
    if (query === "") return;
    const leaving = new AbortController();
    const search = async () => {
      const path = `/api/recordings?${new URLSearchParams({ q: query, limit: String(MOST) })}`;
      try {
        const { items } = await readPage(path, recordingSchema, { signal: leaving.signal });
        setFound({ query, recordings: items });
      } catch {
        if (!leaving.signal.aborted) setFound({ query, recordings: NONE });
      }
    };
    const timer = setTimeout(() => void search(), TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [query]);
  if (query === "") return { recordings: NONE, searching: false };
  return { recordings: found.recordings, searching: found.query !== query };
}
