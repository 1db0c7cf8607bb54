import { expect, test } from "vitest";
import { roleMay } from "./permissions";
import { ACCESS_BY_PAGE, ACCESS_BY_ROUTE } from "./route-permissions";

const accesses = { ...ACCESS_BY_ROUTE, ...ACCESS_BY_PAGE };

test("an administrator may do whatever a user may", () => {
  const permissions = Object.values(accesses).filter((access) => access !== "public");
  const denied = permissions.filter(
    (access) => roleMay("user", access) && !roleMay("admin", access),
  );
  expect(denied).toEqual([]);
});

test("whatever is for administrators lies under /admin, and everything there is for them alone", () => {
  const entries = Object.entries(accesses);
  const underAdmin = entries.filter(([name]) => name.includes("/admin")).map(([name]) => name);
  const adminOnly = entries
    .filter(([, access]) => access !== "public" && !roleMay("user", access))
    .map(([name]) => name);
  expect(adminOnly).toEqual(underAdmin);
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
