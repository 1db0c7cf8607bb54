import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CircleSlash,
  CloudUpload,
  type LucideIcon,
  MonitorCheck,
  TriangleAlert,
} from "lucide-react";
import { classes } from "./classes";

interface Look {
  readonly icon: LucideIcon;
  readonly word: string;
  readonly colour: string;
  /** The record mark moves; nothing else does. */
  readonly moves?: true;
}

/** Every state of a recording, a session and an account: its word, icon and colour. */
const LOOKS = {
  recording: { icon: CircleDot, word: "Recording", colour: "text-recording", moves: true },
  uploading: { icon: CloudUpload, word: "Uploading", colour: "text-uploading" },
  ready: { icon: CircleCheck, word: "Ready", colour: "text-ready" },
  failed: { icon: TriangleAlert, word: "Failed", colour: "text-failed" },
  creating: { icon: CircleDashed, word: "Starting", colour: "text-uploading" },
  running: { icon: MonitorCheck, word: "Running", colour: "text-ready" },
  ended: { icon: CircleSlash, word: "Ended", colour: "text-ink-subtle" },
  active: { icon: CircleCheck, word: "Active", colour: "text-ready" },
  disabled: { icon: Ban, word: "Disabled", colour: "text-ink-subtle" },
} as const satisfies Record<string, Look>;

export type Status = keyof typeof LOOKS;

export function statusWord(status: Status): string {
  return LOOKS[status].word;
}

interface StatusBadgeProps {
  readonly status: Status;
  /** Names the state instead of reporting it: nothing moves. */
  readonly still?: boolean;
}

/** A state as word, icon and colour together. */
export function StatusBadge({ status, still = false }: StatusBadgeProps) {
  const look: Look = LOOKS[status];
  return (
    <span
      className={classes(
        "inline-flex items-center gap-1.5 align-middle font-medium whitespace-nowrap",
        look.colour,
      )}
    >
      <look.icon
        aria-hidden
        className={classes("size-3.5 shrink-0", look.moves && !still && "animate-mark")}
      />
      {look.word}
    </span>
  );
}
