import { SESSION_STATUSES, type SessionJson } from "@/lib/sessions/session-schema";

type Status = SessionJson["status"];

/** What the panel's address may hold. */
export const SESSION_FILTERS = ["user", "app_id", "status"] as const;

const MAX_NAME_LENGTH = 64;

/** The API's query for an address of the panel: what the API would refuse is left out. */
export function sessionQueryOf(get: (name: string) => string): Record<string, string> {
  return {
    scope: "all",
    user: get("user").slice(0, MAX_NAME_LENGTH).replaceAll("\0", ""),
    app_id: get("app_id").slice(0, MAX_NAME_LENGTH).replaceAll("\0", ""),
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
