import type { SessionJson } from "@/lib/sessions/session-schema";

/** What a session is called where a sentence speaks of what is seen of it. */
export type SessionNoun = "desktop" | "app";

export function nounOf({ app_kind: kind }: Pick<SessionJson, "app_kind">): SessionNoun {
  return kind === "desktop" ? "desktop" : "app";
}
