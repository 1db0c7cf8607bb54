"use client";

import {
  MediaControlBar,
  MediaController,
  MediaFullscreenButton,
  MediaLoadingIndicator,
  MediaMuteButton,
  MediaPlayButton,
  MediaTimeDisplay,
  MediaTimeRange,
} from "media-chrome/react";
import { Keyboard } from "lucide-react";
import { type CSSProperties, type RefObject, useEffect, useRef, useState } from "react";
import { IconButton } from "@/app/_components/ui/button";
import { isCovered, isTyping, useKeyDown } from "@/app/_components/use-key-down";
import { KeysDialog } from "./keys-dialog";
import { commandForKey, runCommand, seek } from "./player-keys";
import "./player.css";
import { SpeedSelect } from "./speed-select";
import { Ticks, type TicksProps } from "./timeline-marks";
import { useFreshSource } from "./use-fresh-source";

interface PlayerProps {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly src: string;
  readonly poster: string | null;
  /** Width by height of the picture, where known. */
  readonly shape: number | null;
  /** Somebody speaks in it. */
  readonly hasSound: boolean;
  /** Where to start, in seconds. */
  readonly startAt: number | null;
  /** What is played, for screen readers. */
  readonly label: string;
  /** Moments to mark on the timeline. */
  readonly marks?: TicksProps;
}

const USUAL_SHAPE = 16 / 9;
const CONTROLLER_ID = "player-controller";

/** The video with its controls under it and its keys on the whole page. */
export function Player(props: PlayerProps) {
  const { video, src, poster, shape, hasSound, startAt, label, marks } = props;
  const surface = useRef<HTMLDivElement>(null);
  const [showsKeys, setShowsKeys] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useStartAt(video, startAt);
  usePlayerKeys(video, surface, () => setShowsKeys(true));
  const tryAgain = useFreshSource(video);
  return (
    <div
      ref={surface}
      id="player"
      className="player mx-auto rounded-md border border-line bg-surface"
      style={{ "--shape": shape ?? USUAL_SHAPE } as CSSProperties}
    >
      <MediaController id={CONTROLLER_ID} {...{ nohotkeys: true, fullscreenelement: "player" }}>
        <video
          ref={video}
          slot="media"
          src={src}
          preload="metadata"
          playsInline
          aria-label={label}
          onError={({ currentTarget: { error } }) =>
            setProblem(tryAgain() ? null : playbackProblem(error))
          }
          onLoadedData={() => setProblem(null)}
          {...(poster === null ? {} : { poster })}
        />
        <MediaLoadingIndicator slot="centered-chrome" {...{ noautohide: true }} />
      </MediaController>
      <MediaControlBar {...{ mediacontroller: CONTROLLER_ID }}>
        <MediaPlayButton />
        <MediaTimeDisplay {...{ showduration: true, notoggle: true }} />
        <span className="player-timeline">
          <MediaTimeRange />
          {marks !== undefined && <Ticks {...marks} />}
        </span>
        {hasSound && <MediaMuteButton />}
        <SpeedSelect video={video} />
        <MediaFullscreenButton />
        <span className="max-sm:hidden">
          <IconButton
            icon={Keyboard}
            label="Keys"
            shortcut="?"
            onClick={() => setShowsKeys(true)}
          />
        </span>
      </MediaControlBar>
      <p role="alert" className="border-t border-line px-3 py-2 text-failed empty:hidden">
        {problem}
      </p>
      <KeysDialog open={showsKeys} onOpenChange={setShowsKeys} />
    </div>
  );
}

/** Goes to the moment that the address names, as soon as the video knows its length. */
function useStartAt(video: RefObject<HTMLVideoElement | null>, startAt: number | null): void {
  useEffect(() => {
    const element = video.current;
    if (element === null || startAt === null) return;
    const go = () => {
      seek(element, startAt);
    };
    if (element.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else element.addEventListener("loadedmetadata", go, { once: true });
    return () => element.removeEventListener("loadedmetadata", go);
  }, [video, startAt]);
}

function usePlayerKeys(
  video: RefObject<HTMLVideoElement | null>,
  surface: RefObject<HTMLElement | null>,
  showKeys: () => void,
): void {
  const toggleFullscreen = async () => {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else await surface.current?.requestFullscreen();
  };
  const keys = async () => {
    // The dialog is drawn on the page, which full screen hides.
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    showKeys();
  };
  useKeyDown((event) => {
    const command = commandForKey(event);
    if (command === null || video.current === null || belongsElsewhere(event, video.current))
      return;
    event.preventDefault();
    const show = { toggleFullscreen, keys: () => void keys() };
    // A play() that a pause() overtakes rejects; the video shows which one won.
    runCommand(video.current, command, show).catch(() => undefined);
  });
}

const PRESSABLE = "button, a[href], summary, [role=button], [role=tab]";

/** Keys of a field, of an open popup, or the Space that presses what has the focus. */
function belongsElsewhere(event: KeyboardEvent, video: Element): boolean {
  if (event.defaultPrevented || isTyping(event) || isCovered(video)) return true;
  return (
    event.key === " " && event.target instanceof Element && event.target.closest(PRESSABLE) !== null
  );
}

function playbackProblem(error: MediaError | null): string | null {
  switch (error?.code) {
    case undefined:
    case MediaError.MEDIA_ERR_ABORTED:
      return null;
    case MediaError.MEDIA_ERR_NETWORK:
      return "The server could not be reached while playing. Press play to try again.";
    default:
      return "This browser cannot play the recording. Download it and play it in another player.";
  }
}
