"use client";

import { PreviewCard } from "@base-ui/react/preview-card";
import { Film } from "lucide-react";
import type { RecordingJson } from "@/lib/recordings/recording-schema";

/** A recording's picture, small enough for a row; larger while the pointer rests on it. */
export function Poster({ recording }: { readonly recording: RecordingJson }) {
  const frame =
    "flex h-6 w-10.5 shrink-0 items-center justify-center overflow-hidden rounded-sm border border-line bg-page";
  if (!recording.has_poster) {
    return (
      <span className={frame}>
        <Film aria-hidden strokeWidth={1.5} className="size-3.5 text-ink-subtle" />
      </span>
    );
  }
  const source = `/api/recordings/${recording.id}/poster`;
  return (
    <PreviewCard.Root>
      <PreviewCard.Trigger
        delay={250}
        closeDelay={0}
        render={<span className={`${frame} relative z-1`} />}
      >
        <PosterImage source={source} className="size-full object-cover" />
      </PreviewCard.Trigger>
      <PreviewCard.Portal>
        <PreviewCard.Positioner side="inline-end" sideOffset={8} className="z-50">
          <PreviewCard.Popup className="overflow-hidden rounded-md bg-raised shadow-popup transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            <PosterImage source={source} className="aspect-video w-80 bg-page object-contain" />
          </PreviewCard.Popup>
        </PreviewCard.Positioner>
      </PreviewCard.Portal>
    </PreviewCard.Root>
  );
}

interface PosterImageProps {
  readonly source: string;
  readonly className: string;
}

/** Private and small already: an image optimiser could not fetch it and would gain nothing. */
function PosterImage({ source, className }: PosterImageProps) {
  return <img src={source} alt="" loading="lazy" decoding="async" className={className} />;
}
