"use client";

import { useRef, useState } from "react";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { countOf } from "../ui/format";
import { useToasts } from "../ui/toast";

/** Browsers drop downloads that begin in the same moment. */
const BETWEEN_MS = 700;

export interface Saving {
  /** Null while nothing is being saved. */
  readonly progress: { readonly done: number; readonly of: number } | null;
  readonly begin: (recordings: readonly RecordingJson[]) => void;
  readonly stop: () => void;
}

/** Has the browser save recordings, each as a file of its own, one after the other. Only ready ones have a file. */
export function useSaving(): Saving {
  const toasts = useToasts();
  const [progress, setProgress] = useState<Saving["progress"]>(null);
  const stopping = useRef(new AbortController());
  const save = async (recordings: readonly RecordingJson[]) => {
    const { signal } = stopping.current;
    let done = 0;
    for (const { id } of recordings) {
      if (signal.aborted) break;
      startDownload(`/api/recordings/${id}/download?download=1`);
      done += 1;
      setProgress({ done, of: recordings.length });
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
    setProgress(null);
    toasts.say(`${countOf(done, "download")} begun; the browser shows how far they are.`);
  };
  return {
    progress,
    begin: (recordings) => {
      const ready = recordings.filter(({ status }) => status === "ready");
      if (ready.length === 0) {
        toasts.say("None of them is ready, so there is no file to save yet.");
        return;
      }
      stopping.current = new AbortController();
      void save(ready);
    },
    stop: () => stopping.current.abort(),
  };
}

function startDownload(href: string): void {
  const link = document.createElement("a");
  link.href = href;
  link.download = "";
  link.click();
}
