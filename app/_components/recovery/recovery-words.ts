import { formatBytes, formatExact } from "@/app/_components/ui/format";
import { assertNever } from "@/lib/errors/assert-never";
import type { Unfinished } from "@/lib/recorder/recovery";

/** What is said of a recording that an earlier page did not bring to its end. */
export interface RecoveryWords {
  readonly title: string;
  readonly text: string;
}

type Sending = Extract<Unfinished["state"], { phase: "sending" }>;

/** `timeZone` is the reader's own when it is left out. */
export function recoveryInWords(unfinished: Unfinished, timeZone?: string): RecoveryWords {
  const { state } = unfinished;
  const name = nameOf(unfinished, timeZone);
  const kept = `${formatBytes(unfinished.keptBytes)} of it are kept on this computer.`;
  switch (state.phase) {
    case "sending":
      return { title: `A ${name} was not finished.`, text: sendingInWords(unfinished, state) };
    case "saved":
      return {
        title: `The ${name} is saved.`,
        text: state.truncated ? "It reached the size limit and ends there." : "",
      };
    case "gone":
      return state.isOurs
        ? {
            title: `A ${name} is not on the server any more.`,
            text: `It was probably deleted. ${kept}`,
          }
        : {
            title: "This browser keeps a recording that the server does not know.",
            text: `Nobody can tell whose it is. ${kept} It is from ${moment(unfinished, timeZone)}.`,
          };
    case "failed":
      return { title: `A ${name} could not be saved.`, text: `${state.reason} ${kept}` };
    default:
      return assertNever(state);
  }
}

/** What a screen reader is told: it changes with what happens and not with every byte. */
export function recoveryAnnouncement(unfinished: Unfinished, timeZone?: string): string {
  const { title, text } = recoveryInWords(unfinished, timeZone);
  const { state } = unfinished;
  if (state.phase !== "sending" || state.link.state !== "online") return `${title} ${text}`.trim();
  return `${title} Sending the rest.`;
}

function sendingInWords({ keptBytes }: Unfinished, { progress, link }: Sending): string {
  const leftBytes = progress === null ? keptBytes : progress.totalBytes - progress.safeBytes;
  switch (link.state) {
    case "online":
      if (progress === null) return "Sending the rest…";
      return `Sending the rest… ${formatBytes(progress.safeBytes)} of ${formatBytes(progress.totalBytes)}`;
    case "retrying":
      return `The server could not be reached. ${formatBytes(leftBytes)} are kept on this computer and will be sent when it is back.`;
    case "blocked":
      return link.reason;
    default:
      return assertNever(link);
  }
}

function nameOf(unfinished: Unfinished, timeZone?: string): string {
  const of = unfinished.appName === "" ? "" : ` of ${unfinished.appName}`;
  return `recording${of} from ${moment(unfinished, timeZone)}`;
}

/** To the minute: `2026-11-21 14:03`. */
function moment({ createdAt }: Unfinished, timeZone?: string): string {
  return formatExact(Date.parse(createdAt), timeZone).slice(0, "2026-11-21 14:03".length);
}
