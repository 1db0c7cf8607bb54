import { expect, test } from "vitest";
import {
  type Actor,
  may,
  mayWith,
  type Permission,
  reachOf,
  type Role,
  roleMay,
  ROLES,
} from "./permissions";
import { ACCESS_BY_PAGE, ACCESS_BY_ROUTE } from "./route-permissions";

const accesses = { ...ACCESS_BY_ROUTE, ...ACCESS_BY_PAGE };
const demands = Object.values(accesses).filter((access) => access !== "public");

test("an administrator may do whatever any other role may", () => {
  const denied = demands.filter(
    (access) => ROLES.some((role) => roleMay(role, access)) && !roleMay("admin", access),
  );
  expect(denied).toEqual([]);
});

test("whatever is for administrators lies under /admin, and developers may do nothing that lies there", () => {
  const entries = Object.entries(accesses);
  const underAdmin = entries.filter(([name]) => name.includes("/admin")).map(([name]) => name);
  const notForDevelopers = entries
    .filter(([, access]) => access !== "public" && !roleMay("dev", access))
    .map(([name]) => name);
  expect(notForDevelopers).toEqual(underAdmin);
});

test("who may only look sees and plays, and everything that changes something is refused but their own account", () => {
  const allowed = Object.entries(ACCESS_BY_ROUTE)
    .filter(([, access]) => access !== "public" && roleMay("readonly", access))
    .map(([name]) => name)
    .filter((name) => !name.startsWith("GET "));
  expect(allowed.filter((name) => !name.includes("/api/account"))).toEqual([]);
});

test("a stranger sees the sign-in and whether the product is healthy, and nothing else", () => {
  const open = Object.entries(accesses)
    .filter(([, access]) => access === "public")
    .map(([name]) => name)
    // What answers that there is nothing says so to everybody.
    .filter((name) => !name.endsWith(" /api/[[...path]]"));
  expect(open).toEqual([
    "GET /healthz",
    "GET /readyz",
    "GET /api/auth/[...nextauth]",
    "POST /api/auth/[...nextauth]",
    "/sign-in",
  ]);
});

const actor = (role: Role, permissions?: readonly Permission[]): Actor => ({
  ...{ userId: "me", username: "me", displayName: "Me", role },
  clusters: role === "ops" ? ["east"] : [],
  token:
    permissions === undefined ? null : { id: "t", name: "t", permissions: new Set(permissions) },
});
const mine = { userId: "me", cluster: "west" };
const inMyCluster = { userId: "somebody", cluster: "east" };
const elsewhere = { userId: "somebody", cluster: "west" };

test.each([
  ["admin", "recording.view", [true, true, true]],
  ["admin", "recording.delete", [true, true, true]],
  ["ops", "recording.view", [true, true, false]],
  ["ops", "recording.download", [true, true, false]],
  ["ops", "recording.hold", [true, true, false]],
  ["ops", "recording.delete", [true, false, false]],
  ["ops", "session.end", [true, true, false]],
  ["ops", "session.use", [true, false, false]],
  ["dev", "recording.delete", [true, false, false]],
  ["dev", "recording.hold", [false, false, false]],
  ["readonly", "recording.play", [true, false, false]],
  ["readonly", "recording.download", [false, false, false]],
  ["readonly", "recording.delete", [false, false, false]],
  ["readonly", "session.end", [false, false, false]],
] as const)(
  "%s with %s: own, in a cluster assigned to one, elsewhere: %j",
  (role, permission, expected) => {
    const things = [mine, inMyCluster, elsewhere];
    expect(things.map((thing) => mayWith(actor(role), permission, thing))).toEqual(expected);
  },
);

test("the lists of the panel show everything to administrators, a cluster to its operators, and are closed to others", () => {
  expect(ROLES.map((role) => reachOf(actor(role), "recording.view"))).toEqual([
    {},
    { cluster: { in: ["east"] } },
    null,
    null,
  ]);
});

test("a token allows what it was made for, and never what its user's role does not", () => {
  const narrow = actor("admin", ["recording.view"]);
  expect(mayWith(narrow, "recording.view", elsewhere)).toBe(true);
  expect(mayWith(narrow, "recording.delete", mine)).toBe(false);
  expect(may(narrow, "recording.view of others")).toBe(true);
  expect(may(narrow, "settings.manage")).toBe(false);
  const greedy = actor("readonly", ["recording.view", "recording.delete", "settings.manage"]);
  expect(mayWith(greedy, "recording.view", elsewhere)).toBe(false);
  expect(mayWith(greedy, "recording.delete", mine)).toBe(false);
  expect(may(greedy, "settings.manage")).toBe(false);
});
