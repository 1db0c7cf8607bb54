"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { shortId } from "./format";

const SHOWN_MS = 1_500;

interface CopyIdProps {
  readonly id: string;
  /** What the id names, such as "recording". */
  readonly of: string;
}

/** A short id; one click copies the whole. */
export function CopyId({ id, of }: CopyIdProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      title={id}
      aria-label={`Copy ${of} id ${id}`}
      onClick={(event) => {
        event.stopPropagation();
        void navigator.clipboard.writeText(id).then(() => setCopied(true));
      }}
      className="inline-flex min-h-6 items-center gap-1 rounded-sm font-mono text-sm text-ink-muted hover:text-ink"
    >
      {shortId(id)}
      <Icon aria-hidden className="size-3 text-ink-subtle" />
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </button>
  );
}
