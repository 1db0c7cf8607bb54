import { type RefObject, useEffect, useRef } from "react";

/** Addresses of recordings in S3 open for 12 hours, as long as a sign-in: shorter than that by a margin. */
const REFRESH_MS = 11 * 60 * 60 * 1000;

/**
 * Loads a video again where it stands, before the address that its source led to ends, and when it has
 * failed, as with an address that ended early. Returns what to call on an error: whether it is being
 * tried again. That happens once; only what has played since is tried another time.
 */
export function useFreshSource(video: RefObject<HTMLVideoElement | null>): () => boolean {
  const hasPlayed = useRef(false);
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    const note = () => {
      hasPlayed.current = true;
    };
    const timer = setInterval(() => loadAgain(element), REFRESH_MS);
    element.addEventListener("canplay", note);
    return () => {
      clearInterval(timer);
      element.removeEventListener("canplay", note);
    };
  }, [video]);
  return () => {
    if (video.current === null || !hasPlayed.current) return false;
    hasPlayed.current = false;
    loadAgain(video.current);
    return true;
  };
}

/** Goes on at the same moment, at the same speed, and playing if it was. */
function loadAgain(video: HTMLVideoElement): void {
  const { currentTime, paused, playbackRate } = video;
  video.load();
  // Before anything is loaded this is where it will start; who seeks meanwhile only changes that.
  video.currentTime = currentTime;
  video.playbackRate = playbackRate;
  // Where the browser lets nothing play by itself, pressing play goes on.
  if (!paused) video.play().catch(() => undefined);
}
