"use client";

import { Check, Link2 } from "lucide-react";
import { type RefObject, useSyncExternalStore } from "react";
import { Button } from "@/app/_components/ui/button";
import { formatDuration } from "@/app/_components/ui/format";
import { useCopy } from "@/app/_components/ui/use-copy";
import { linkToMoment } from "./play-time";

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
  const { copied, copy, spoken } = useCopy();
  return (
    <>
      <Button
        look="quiet"
        icon={copied ? Check : Link2}
        onClick={() => copy(linkToMoment(window.location.href, second))}
      >
        Copy link at {formatDuration(second * 1000)}
      </Button>
      {spoken}
    </>
  );
}
