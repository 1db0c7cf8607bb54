import { assertNever } from "@/lib/errors/assert-never";

/** What a key press asks the player to do. */
export type PlayerCommand =
  | { readonly type: "toggle_play" }
  | { readonly type: "seek_by"; readonly seconds: number }
  | { readonly type: "seek_to_part"; readonly part: number }
  | { readonly type: "step_frame"; readonly direction: 1 | -1 }
  | { readonly type: "change_speed"; readonly direction: 1 | -1 }
  | { readonly type: "toggle_sound" }
  | { readonly type: "toggle_fullscreen" }
  | { readonly type: "show_keys" };

/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The command of a key press, or null where the key is not the player's. */
export function commandForKey(press: KeyPress): PlayerCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (/^[0-9]$/.test(press.key)) return { type: "seek_to_part", part: Number(press.key) / 10 };
  switch (press.key.toLowerCase()) {
    case " ":
    case "k":
      return { type: "toggle_play" };
    case "j":
      return { type: "seek_by", seconds: -10 };
    case "l":
      return { type: "seek_by", seconds: 10 };
    case "arrowleft":
      return { type: "seek_by", seconds: press.shiftKey ? -10 : -5 };
    case "arrowright":
      return { type: "seek_by", seconds: press.shiftKey ? 10 : 5 };
    case ",":
      return { type: "step_frame", direction: -1 };
    case ".":
      return { type: "step_frame", direction: 1 };
    case "<":
      return { type: "change_speed", direction: -1 };
    case ">":
      return { type: "change_speed", direction: 1 };
    case "m":
      return { type: "toggle_sound" };
    case "f":
      return { type: "toggle_fullscreen" };
    case "?":
      return { type: "show_keys" };
    default:
      return null;
  }
}

/** Every key of the player with what it does, in the order of the dialog that shows them. */
export const KEYS_IN_WORDS: readonly { readonly keys: readonly string[]; readonly does: string }[] =
  [
    { keys: ["Space", "K"], does: "Play or pause" },
    { keys: ["J", "L"], does: "10 seconds back, forward" },
    { keys: ["←", "→"], does: "5 seconds back, forward" },
    { keys: ["Shift ←", "Shift →"], does: "10 seconds back, forward" },
    { keys: [",", "."], does: "One frame back, forward" },
    { keys: ["<", ">"], does: "Slower, faster" },
    { keys: ["0–9"], does: "Jump to the start, to 10 %, … to 90 %" },
    { keys: ["M"], does: "Sound on, off" },
    { keys: ["F"], does: "Full screen" },
    { keys: ["?"], does: "Show these keys" },
  ];

export const SPEEDS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4, 8] as const;

/** The next speed up or down from `current`; the last one stays. */
export function nextSpeed(current: number, direction: 1 | -1): number {
  const next =
    direction === 1
      ? SPEEDS.find((speed) => speed > current)
      : SPEEDS.findLast((speed) => speed < current);
  return next ?? current;
}

/** Recordings carry no frame rate: a step is one frame at the rate they are captured with. */
const FRAME_SECONDS = 1 / 15;

/** What the player needs of a `<video>`. */
export type Playable = Pick<
  HTMLVideoElement,
  "paused" | "play" | "pause" | "currentTime" | "duration" | "playbackRate" | "muted"
>;

/** Does what a key asked for. `show` covers what is not the video's own. */
export async function runCommand(
  video: Playable,
  command: PlayerCommand,
  show: { readonly toggleFullscreen: () => Promise<void>; readonly keys: () => void },
): Promise<void> {
  switch (command.type) {
    case "toggle_play":
      if (video.paused) await video.play();
      else video.pause();
      return;
    case "seek_by":
      seek(video, video.currentTime + command.seconds);
      return;
    case "seek_to_part":
      if (Number.isFinite(video.duration)) seek(video, video.duration * command.part);
      return;
    case "step_frame":
      video.pause();
      seek(video, video.currentTime + command.direction * FRAME_SECONDS);
      return;
    case "change_speed":
      setSpeed(video, nextSpeed(video.playbackRate, command.direction));
      return;
    case "toggle_sound":
      video.muted = !video.muted;
      return;
    case "toggle_fullscreen":
      await show.toggleFullscreen();
      return;
    case "show_keys":
      show.keys();
      return;
    default:
      assertNever(command);
  }
}

export function setSpeed(video: Playable, speed: number): void {
  video.playbackRate = speed;
}

/** Goes to a moment, never past the ends of the recording. */
export function seek(video: Playable, seconds: number): void {
  const end = Number.isFinite(video.duration) ? video.duration : seconds;
  video.currentTime = Math.min(Math.max(0, seconds), end);
}
