import { expect, test } from "vitest";
import type { Actor } from "@/lib/auth/permissions";
import {
  comingEnd,
  reasonToClose,
  requireSessionAccess,
  type SessionAccess,
} from "./session-policy";

const HOUR_MS = 3_600_000;
const limits = { idleTimeoutMs: HOUR_MS, maxDurationMs: 12 * HOUR_MS };
const start = new Date("2026-11-21T08:00:00Z");
const after = (ms: number) => new Date(start.getTime() + ms);
/** Created an hour before it started: it waited in line. */
const session = {
  ...{ isUserDisabled: false, createdAt: after(-HOUR_MS), startedAt: start, lastUsedAt: start },
};

test.each([
  ["goes on just before it counts as idle", {}, HOUR_MS - 1, null],
  ["ends when nobody used it for the idle time", {}, HOUR_MS, "idle"],
  ["goes on while it is used", { lastUsedAt: after(HOUR_MS) }, HOUR_MS + 1, null],
  [
    "ends after the longest time however much it is used",
    { lastUsedAt: after(12 * HOUR_MS) },
    12 * HOUR_MS,
    "max_duration",
  ],
  ["ends at once when its user is disabled", { isUserDisabled: true }, 0, "user_disabled"],
])("a session %s", (_name, change, elapsedMs, reason) => {
  expect(reasonToClose({ ...session, ...change }, limits, after(elapsedMs))).toBe(reason);
});

const MINUTE_MS = 60_000;
test.each([
  ["nothing of its end while that is far", {}, HOUR_MS - 5 * MINUTE_MS - 1, null],
  ["five minutes ahead that nobody uses it", {}, HOUR_MS - 5 * MINUTE_MS, "idle"],
  [
    "five minutes ahead that it has lasted long enough",
    { lastUsedAt: after(12 * HOUR_MS - 6 * MINUTE_MS) },
    12 * HOUR_MS - 5 * MINUTE_MS,
    "max_duration",
  ],
  [
    "of two ends the one that comes first",
    { lastUsedAt: after(11 * HOUR_MS - MINUTE_MS) },
    12 * HOUR_MS - 4 * MINUTE_MS,
    "idle",
  ],
])("whoever is at a session hears %s", (_name, change, elapsedMs, reason) => {
  expect(comingEnd({ ...session, ...change }, limits, after(elapsedMs))?.reason ?? null).toBe(
    reason,
  );
});

test("a short limit is told of in its last quarter, with the time", () => {
  const short = { ...limits, idleTimeoutMs: MINUTE_MS };
  expect(comingEnd(session, short, after(44_999))).toBeNull();
  expect(comingEnd(session, short, after(45_000))).toEqual({
    reason: "idle",
    at: after(MINUTE_MS),
  });
});

const actor = (userId: string, role: Actor["role"]): Actor => ({
  userId,
  username: userId,
  displayName: userId,
  role,
  clusters: role === "ops" ? ["east"] : [],
  token: null,
});

function mayAccess(who: Actor, access: SessionAccess): boolean {
  try {
    requireSessionAccess(who, access, { userId: "owner", cluster: "east" });
    return true;
  } catch {
    return false;
  }
}

test.each(["view", "use", "end"] as const)(
  "its own user may %s a session, another may not",
  (access) => {
    expect(mayAccess(actor("owner", "dev"), access)).toBe(true);
    expect(mayAccess(actor("stranger", "dev"), access)).toBe(false);
  },
);

test("an administrator may see and end anybody's session, but not sit down at it", () => {
  const admin = actor("admin", "admin");
  expect([mayAccess(admin, "view"), mayAccess(admin, "end"), mayAccess(admin, "use")]).toEqual([
    true,
    true,
    false,
  ]);
});
