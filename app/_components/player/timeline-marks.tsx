"use client";

import type { RefObject } from "react";
import { Button } from "@/app/_components/ui/button";
import { formatDuration } from "@/app/_components/ui/format";
import type { Mark } from "./marks";
import { seek } from "./player-keys";

export interface TicksProps {
  readonly marks: readonly Mark[];
  /** Of the whole recording. */
  readonly seconds: number;
}

/** Where the marks are, on the timeline. What they mean stands in words beside them. */
export function Ticks({ marks, seconds }: TicksProps) {
  return (
    <span aria-hidden className="player-ticks" dir="ltr">
      {marks.map((mark) => (
        <span key={mark.id} style={{ left: `${(100 * mark.seconds) / seconds}%` }} />
      ))}
    </span>
  );
}

interface MarkListProps {
  readonly marks: readonly Mark[];
  readonly video: RefObject<HTMLVideoElement | null>;
}

/** The marks in words, each leading to its moment. */
export function MarkList({ marks, video }: MarkListProps) {
  return (
    <ul aria-label="Marks" className="flex flex-wrap gap-x-1">
      {marks.map(({ id, seconds, word }) => (
        <li key={id}>
          <Button
            look="quiet"
            onClick={() => {
              if (video.current !== null) seek(video.current, seconds);
            }}
          >
            <span dir="ltr" className="font-mono text-sm">
              {formatDuration(seconds * 1000)}
            </span>{" "}
            {word}
          </Button>
        </li>
      ))}
    </ul>
  );
}
