"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { problemSentence } from "../api-client";
import { countOf } from "../ui/format";
import { useToasts } from "../ui/toast";
import { deleteRecording } from "./delete-recording";
import { type BulkResult, doToAll } from "./do-to-all";
import { type Removal, type RemovalPlace, UNDO_MS } from "./removal";

interface RemovalOptions {
  /** A recording leaves the list, for now. */
  readonly onHide?: (id: string) => void;
  /** It was not deleted after all. */
  readonly onShow?: (id: string) => void;
  /** All of them are deleted. */
  readonly onDeleted?: () => void;
  readonly place: RemovalPlace;
}

export interface RemovalControl {
  readonly removal: Removal | null;
  readonly place: RemovalPlace;
  readonly begin: (recordings: readonly RecordingJson[]) => void;
  /** Before the time is over: nothing is deleted. After: those not yet deleted stay. */
  readonly stop: () => void;
}

/**
 * Deletions that can be taken back for ten seconds. Until then nothing is asked of the server, so leaving the
 * page deletes nothing, and says so; the browser asks before it closes the page.
 */
export function useRemoval(options: RemovalOptions): RemovalControl {
  const { onHide, onShow, onDeleted, place } = options;
  const toasts = useToasts();
  const [removal, setRemoval] = useState<Removal | null>(null);
  const stopping = useRef(new AbortController());
  const tell = useEffectEvent((result: BulkResult) => {
    for (const { id } of result.left) onShow?.(id);
    setRemoval(null);
    const said = sentenceOf(result);
    if (result.problem === null) toasts.say(said);
    else toasts.fail(said);
    if (result.left.length === 0) onDeleted?.();
  });
  const waiting = removal?.phase === "waiting" ? removal.recordings : null;
  useEffect(() => {
    if (waiting === null) return;
    const { signal } = stopping.current;
    const timer = setTimeout(() => {
      setRemoval({ phase: "deleting", recordings: waiting, done: 0 });
      const onDone = (done: number) => setRemoval({ phase: "deleting", recordings: waiting, done });
      void doToAll(waiting, ({ id }) => deleteRecording(id), { signal, onDone }).then(tell);
    }, UNDO_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  useLeaving(removal, stopping, place);
  return {
    removal,
    place,
    begin: (recordings) => {
      stopping.current = new AbortController();
      for (const { id } of recordings) onHide?.(id);
      setRemoval({ phase: "waiting", recordings, untilMs: Date.now() + UNDO_MS });
    },
    stop: () => {
      stopping.current.abort();
      if (waiting !== null) tell({ done: 0, left: waiting, problem: null });
    },
  };
}

/** What leaving the page means for a removal: what is not deleted yet stays, and that is said. */
function useLeaving(
  removal: Removal | null,
  stopping: { readonly current: AbortController },
  place: RemovalPlace,
): void {
  const toasts = useToasts();
  const isUnderWay = removal !== null;
  useEffect(() => {
    if (!isUnderWay) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnderWay]);
  const leave = useEffectEvent(() => {
    if (removal === null || stopping.current.signal.aborted) return;
    stopping.current.abort();
    if (removal.phase === "waiting") toasts.say(`You left the ${place}: nothing was deleted.`);
  });
  useEffect(() => () => leave(), []);
}

function sentenceOf({ done, left, problem }: BulkResult): string {
  if (problem !== null) {
    return `${countOf(done, "recording")} deleted, ${left.length} not: ${problemSentence(problem)}`;
  }
  if (done === 0) return "Nothing was deleted.";
  const stays =
    left.length === 0 ? "" : ` ${countOf(left.length, "recording stays", "recordings stay")}.`;
  return `${countOf(done, "recording")} deleted.${stays}`;
}
