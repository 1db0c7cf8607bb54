import { assertNever } from "@/lib/errors/assert-never";
import type { EndNote } from "@/lib/gateway/session-note";
import type { SessionJson } from "@/lib/sessions/session-schema";
import { nounOf } from "./session-noun";

/** That the session will be closed soon, why, and what can be done; null while it will not. */
export function endInWords(
  end: EndNote["end"],
  session: Pick<SessionJson, "app_kind">,
  timeZone?: string,
): string | null {
  if (end === null) return null;
  const at = new Date(end.at).toLocaleTimeString(undefined, {
    ...{ hour: "2-digit", minute: "2-digit", timeZone },
  });
  switch (end.reason) {
    case "idle":
      return `Nobody has used this ${nounOf(session)} for a while. The session ends at ${at} unless somebody does.`;
    case "max_duration":
      return `The session ends at ${at}: it has lasted as long as sessions may. Save what you need.`;
    default:
      return assertNever(end.reason);
  }
}
