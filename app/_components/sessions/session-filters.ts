import { SESSION_STATUSES, type SessionJson } from "@/lib/sessions/session-schema";
import { allowedText } from "../list/allowed-text";

type Status = SessionJson["status"];

/** What the panel's address may hold. */
export const SESSION_FILTERS = ["user", "app_id", "cluster", "status"] as const;

const MAX_NAME_LENGTH = 64;

/** The API's query for an address of the panel: what the API would refuse is left out. */
export function sessionQueryOf(get: (name: string) => string): Record<string, string> {
  return {
    scope: "all",
    user: allowedText(get("user"), MAX_NAME_LENGTH),
    app_id: allowedText(get("app_id"), MAX_NAME_LENGTH),
    cluster: allowedText(get("cluster"), MAX_NAME_LENGTH),
    status: parseSessionStatuses(get("status")).join(","),
  };
}

/** The statuses an address asks for, `creating,running`; unknown words are left out. */
export function parseSessionStatuses(text: string): readonly Status[] {
  const words = text.split(",");
  return SESSION_STATUSES.filter((status) => words.includes(status));
}

/** The same address with one status more or less. */
export function toggleSessionStatus(text: string, status: Status): string {
  const statuses = parseSessionStatuses(text);
  const next = statuses.includes(status)
    ? statuses.filter((each) => each !== status)
    : [...statuses, status];
  return next.join(",");
}
