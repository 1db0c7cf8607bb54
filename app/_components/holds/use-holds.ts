"use client";

import { useEffect, useState } from "react";
import type { HoldJson } from "@/lib/holds/hold-schema";
import { problemSentence } from "../api-client";
import { type Holdable, readHolds } from "./hold-requests";

type Loaded =
  | { readonly kind: "loading" }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "ready"; readonly holds: readonly HoldJson[] };

export interface Holds {
  readonly loaded: Loaded;
  /** Reads them again; resolves to them. @throws ApiProblem */
  readonly read: () => Promise<readonly HoldJson[]>;
}

/** The legal holds on something, as they are when it is looked at. */
export function useHolds({ type, id }: Holdable): Holds {
  const [loaded, setLoaded] = useState<Loaded>({ kind: "loading" });
  useEffect(() => {
    const leaving = new AbortController();
    readHolds({ type, id }, leaving.signal).then(
      (holds) => setLoaded({ kind: "ready", holds }),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        setLoaded({ kind: "failed", sentence: problemSentence(error) });
      },
    );
    return () => leaving.abort();
  }, [type, id]);
  const read = async () => {
    const holds = await readHolds({ type, id });
    setLoaded({ kind: "ready", holds });
    return holds;
  };
  return { loaded, read };
}
