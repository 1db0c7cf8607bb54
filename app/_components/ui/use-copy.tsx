"use client";

import { type ReactNode, useEffect, useState } from "react";
import { copyText } from "./copy-text";
import { useToasts } from "./toast";

const SHOWN_MS = 2_000;

/** What to do with a text that stands in full where it was to be copied from. */
const BY_HAND = "The browser did not allow copying. Select the text and copy it by keyboard.";

export interface Copying {
  /** True for a moment after it worked. */
  readonly copied: boolean;
  /** Copies `text`; when the browser refuses, a message says how to get it all the same. */
  readonly copy: (text: string) => void;
  /** Tells people who listen that it worked; to be put beside the button. */
  readonly spoken: ReactNode;
}

interface CopyOptions {
  /** The whole text is on the page, so a refusal need not repeat it. */
  readonly inFull?: boolean;
}

/** A copy button's behaviour. */
export function useCopy({ inFull = false }: CopyOptions = {}): Copying {
  const toasts = useToasts();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (text: string) => {
    const isCopied = await copyText(text);
    setCopied(isCopied);
    if (isCopied) return;
    toasts.fail(inFull ? BY_HAND : `The browser did not allow copying. Take it from here: ${text}`);
  };
  return {
    copied,
    copy: (text) => void copy(text),
    spoken: (
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    ),
  };
}
