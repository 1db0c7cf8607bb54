import { requireCommand } from "@/tests/support/requirements";
import { findFakeTime } from "./clock-skew";
import type { FaultKind, Plan, SenderPlan } from "./plan";
import { canMount } from "./small-disk";

type Need = FaultKind | SenderPlan["kind"];

/** What cannot be tried on this machine, and why not. */
export function missingHere(): readonly { readonly what: Need; readonly why: string }[] {
  const needs: readonly (readonly [Need, boolean, string])[] = [
    ["kill-redis", requireCommand("redis-server") !== null, "redis-server is not installed"],
    ["skew-web", findFakeTime() !== null, "libfaketime is not installed"],
    ["skew-worker", findFakeTime() !== null, "libfaketime is not installed"],
    ["fill-disk", canMount(), "mounting a file system needs root"],
    ["browser", requireCommand("chromium") !== null, "chromium is not installed"],
  ];
  return needs.filter(([, isHere]) => !isHere).map(([what, , why]) => ({ what, why }));
}

/** Whether a round can be tried on a machine that lacks all this. */
export function isPossible(plan: Plan, missing: ReturnType<typeof missingHere>): boolean {
  const needs = new Set<Need>([plan.sender.kind, ...plan.faults.map(({ kind }) => kind)]);
  if (plan.setting.jobs === "redis") needs.add("kill-redis");
  return !missing.some(({ what }) => needs.has(what));
}
