"use client";

import { Check, Copy } from "lucide-react";
import { shortId } from "./format";
import { useCopy } from "./use-copy";

interface CopyIdProps {
  readonly id: string;
  /** What the id names, such as "recording". */
  readonly of: string;
}

/** A short id; one click copies the whole. */
export function CopyId({ id, of }: CopyIdProps) {
  const { copied, copy, spoken } = useCopy();
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      title={id}
      aria-label={`Copy ${of} id ${id}`}
      onClick={(event) => {
        event.stopPropagation();
        copy(id);
      }}
      className="inline-flex min-h-6 items-center gap-1 rounded-sm font-mono text-sm text-ink-muted hover:text-ink"
    >
      {shortId(id)}
      <Icon aria-hidden className="size-3 text-ink-subtle" />
      {spoken}
    </button>
  );
}
