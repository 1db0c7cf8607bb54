"use client";

import { useEffect, useState } from "react";
import { z } from "zod";
import { type AppJson, appSchema } from "@/lib/sessions/session-schema";
import { readApi } from "../api-client";

const NONE: readonly AppJson[] = [];

/** The catalogue, once it is here; none before that and when it cannot be had. */
export function useApps(): readonly AppJson[] {
  const [apps, setApps] = useState(NONE);
  useEffect(() => {
    const leaving = new AbortController();
    readApi("/api/apps", z.array(appSchema), { signal: leaving.signal }).then(setApps, () => {
      // The palette goes on without apps; the catalogue's own page says what is wrong.
    });
    return () => leaving.abort();
  }, []);
  return apps;
}
