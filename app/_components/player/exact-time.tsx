"use client";

import { useSyncExternalStore } from "react";
import { formatExact } from "@/app/_components/ui/format";

const never = () => () => undefined;

/** A moment in the reader's own time zone; the server, which does not know it, renders the date. */
export function ExactTime({ at }: { readonly at: string }) {
  const text = useSyncExternalStore(
    never,
    () => formatExact(Date.parse(at)),
    () => at.slice(0, 10),
  );
  return <time dateTime={at}>{text}</time>;
}
