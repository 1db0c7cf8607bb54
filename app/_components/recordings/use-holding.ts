"use client";

import { useEffect, useRef, useState } from "react";
import type { RecordingJson } from "@/lib/recordings/recording-schema";
import { problemSentence } from "../api-client";
import { liftHold, placeHold, readHolds } from "../holds/hold-requests";
import { countOf } from "../ui/format";
import { useToasts } from "../ui/toast";
import { type BulkResult, doToAll } from "./do-to-all";

/** What is to be done about the legal holds of some recordings. */
export interface HoldChange {
  readonly kind: "place" | "lift";
  readonly recordings: readonly RecordingJson[];
}

export interface Holding {
  /** Null while nothing is placed or lifted. */
  readonly progress: {
    readonly kind: HoldChange["kind"];
    readonly done: number;
    readonly of: number;
  } | null;
  readonly begin: (change: HoldChange, reason: string) => void;
  /** Those not reached yet stay as they are. */
  readonly stop: () => void;
}

/** Places a hold on each of some recordings, or lifts those they have, one after the other and for one reason. */
export function useHolding(onChanged: (id: string) => Promise<void>): Holding {
  const toasts = useToasts();
  const [progress, setProgress] = useState<Holding["progress"]>(null);
  const stopping = useRef(new AbortController());
  useEffect(() => () => stopping.current.abort(), []);
  const run = async ({ kind, recordings }: HoldChange, reason: string) => {
    const { signal } = stopping.current;
    const act = async ({ id }: RecordingJson) => {
      if (kind === "place") await placeHold({ type: "recording", id }, reason);
      else await liftOwnHolds(id, reason);
      await onChanged(id);
    };
    const onDone = (done: number) => setProgress({ kind, done, of: recordings.length });
    onDone(0);
    const result = await doToAll(recordings, act, { signal, onDone });
    setProgress(null);
    if (result.problem === null) toasts.say(sentenceOf(kind, result));
    else toasts.fail(sentenceOf(kind, result));
  };
  return {
    progress,
    begin: (change, reason) => {
      stopping.current = new AbortController();
      void run(change, reason);
    },
    stop: () => stopping.current.abort(),
  };
}

/** Lifts what is on the recording itself. @throws Error when something broader goes on holding it */
async function liftOwnHolds(id: string, reason: string): Promise<void> {
  const holds = await readHolds({ type: "recording", id });
  const own = holds.filter(({ target_type: type }) => type === "recording");
  for (const hold of own) await liftHold(hold.id, reason);
  if (own.length < holds.length) throw new BroaderHold();
}

/** The recording goes on being held through its session or user. */
class BroaderHold extends Error {
  override readonly name = "BroaderHold";
}

function sentenceOf(kind: HoldChange["kind"], { done, left, problem }: BulkResult): string {
  const said =
    kind === "place"
      ? `${countOf(done, "recording")} put on hold`
      : `${countOf(done, "recording")} not on hold any more`;
  if (problem !== null) return `${said}, ${left.length} not: ${whyNot(problem)}`;
  const stay = left.length === 0 ? "" : ` ${countOf(left.length, "was", "were")} not reached.`;
  return `${said}.${stay}`;
}

function whyNot(problem: unknown): string {
  if (!(problem instanceof BroaderHold)) return problemSentence(problem);
  return "Their session or their user is on hold. Lift that under Holds.";
}
