import { HOLD_TARGETS, type HoldTarget } from "@/lib/holds/hold-schema";

/** The API's query for an address of the page of holds: what the API would refuse is left out. */
export function holdQueryOf(get: (name: "state" | "on") => string): Record<string, string> {
  return { state: get("state") === "all" ? "all" : "", target_type: parseTarget(get("on")) ?? "" };
}

/** The kind of target an address asks for; null for any. */
export function parseTarget(text: string): HoldTarget | null {
  return HOLD_TARGETS.find((target) => target === text) ?? null;
}
