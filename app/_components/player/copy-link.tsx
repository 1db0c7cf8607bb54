"use client";

import { Check, Link2 } from "lucide-react";
import { type RefObject, useEffect, useState, useSyncExternalStore } from "react";
import { Button } from "@/app/_components/ui/button";
import { formatDuration } from "@/app/_components/ui/format";
import { useToasts } from "@/app/_components/ui/toast";
import { linkToMoment } from "./play-time";

const SHOWN_MS = 2_000;

/** Copies the address of this page at the moment that is shown. */
export function CopyLink({ video }: { readonly video: RefObject<HTMLVideoElement | null> }) {
  const second = useSyncExternalStore(
    (listener) => {
      const element = video.current;
      element?.addEventListener("timeupdate", listener);
      return () => element?.removeEventListener("timeupdate", listener);
    },
    () => Math.floor(video.current?.currentTime ?? 0),
    () => 0,
  );
  const toasts = useToasts();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    const link = linkToMoment(window.location.href, second);
    try {
      await navigator.clipboard.writeText(link);
      setCopied(true);
    } catch {
      toasts.fail(`The browser did not allow copying. The link is ${link}`);
    }
  };
  return (
    <>
      <Button look="quiet" icon={copied ? Check : Link2} onClick={() => void copy()}>
        Copy link at {formatDuration(second * 1000)}
      </Button>
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}
