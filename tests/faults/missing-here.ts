import { requireCommand } from "@/tests/support/requirements";
import { findFakeTime } from "./clock-skew";
import { CEPH_COMMANDS } from "@/tests/support/radosgw-cluster";
import type { Need, Plan } from "./plan";
import { canMount } from "./small-disk";

/** What cannot be tried on this machine, and why not. */
export function missingHere(): readonly { readonly what: Need; readonly why: string }[] {
  const needs: readonly (readonly [Need, boolean, string])[] = [
    ["redis", requireCommand("redis-server") !== null, "redis-server is not installed"],
    ["skew-web", findFakeTime() !== null, "libfaketime is not installed"],
    ["skew-postgres", findFakeTime() !== null, "libfaketime is not installed"],
    ["skew-worker", findFakeTime() !== null, "libfaketime is not installed"],
    ["fill-disk", canMount(), "mounting a file system needs root"],
    [
      "s3",
      CEPH_COMMANDS.every((name) => requireCommand(name) !== null),
      "radosgw is not installed",
    ],
    ["browser", requireCommand("chromium") !== null, "chromium is not installed"],
  ];
  return needs.filter(([, isHere]) => !isHere).map(([what, , why]) => ({ what, why }));
}

/** Whether a round can be tried on a machine that lacks all this. */
export function isPossible(plan: Plan, missing: ReturnType<typeof missingHere>): boolean {
  const { sender, setting, faults } = plan;
  const needs = new Set<Need>([sender.kind, setting.backend, setting.jobs]);
  for (const { kind } of faults) needs.add(kind);
  return !missing.some(({ what }) => needs.has(what));
}
