import { expect, test } from "vitest";
import { parseConfig } from "@/lib/config/config";
import { personOf } from "./oidc-claims";

function oidc(environment: Record<string, string> = {}) {
  const { signIn } = parseConfig({
    DATABASE_URL: "postgresql://sortie@localhost/sortie",
    NEXTAUTH_SECRET: "0123456789abcdef0123456789abcdef",
    SORTIE_OIDC_ISSUER: "https://id.example.org/",
    SORTIE_OIDC_CLIENT_ID: "sortie",
    SORTIE_OIDC_CLIENT_SECRET: "secret",
    SORTIE_OIDC_ROLE_MAP: "sortie-admins=admin, sre=ops,staff=dev",
    ...environment,
  });
  if (signIn.oidc === null) throw new Error("There is no provider.");
  return signIn.oidc;
}

const roleOf = (claims: Record<string, unknown>, environment?: Record<string, string>) =>
  personOf(claims, "s-1", oidc(environment)).role;

test.each([
  ["one group as a text", { groups: "staff" }, "dev"],
  ["several, of which the one that may most counts", { groups: ["staff", "sre"] }, "ops"],
  ["none that is known", { groups: ["guests"] }, null],
  ["no claim at all", {}, null],
  ["what is no text", { groups: [1, null, { staff: true }] }, null],
  ["a name of every object", { groups: ["__proto__", "constructor"] }, null],
])("%s", (_name, claims, role) => {
  expect(roleOf(claims)).toBe(role);
});

test("everybody may have a role, and who has a better one keeps it", () => {
  const environment = { SORTIE_OIDC_ROLE_MAP: "*=readonly,staff=dev" };
  expect(roleOf({}, environment)).toBe("readonly");
  expect(roleOf({ groups: ["staff"] }, environment)).toBe("dev");
});

test("a claim may lie in an object, as Keycloak's roles do", () => {
  const environment = { SORTIE_OIDC_ROLE_CLAIM: "realm_access.roles" };
  expect(roleOf({ realm_access: { roles: ["sre"] } }, environment)).toBe("ops");
  expect(roleOf({ "realm_access.roles": ["staff"] }, environment)).toBe("dev");
});

test("clusters come from their claim, for operations alone, and only names that clusters can have", () => {
  const environment = { SORTIE_OIDC_CLUSTER_CLAIM: "clusters" };
  const clustersOf = (claims: Record<string, unknown>, with_ = environment) =>
    personOf(claims, "s-1", oidc(with_)).clusters;
  expect(clustersOf({ groups: "sre", clusters: ["east", "no cluster!"] })).toEqual(["east"]);
  expect(clustersOf({ groups: "sre" })).toEqual([]);
  expect(clustersOf({ groups: "staff", clusters: ["east"] })).toBeUndefined();
  expect(personOf({ groups: "sre", clusters: ["east"] }, "s", oidc()).clusters).toBeUndefined();
});

test("a user name is made of what the provider says, whatever that is", () => {
  const nameOf = (claims: Record<string, unknown>) => personOf(claims, "S|1", oidc()).username;
  expect(nameOf({ preferred_username: "Ana.Lima" })).toBe("ana.lima");
  expect(nameOf({ email: "ana@example.org" })).toBe("ana@example.org");
  expect(nameOf({ preferred_username: "анна" })).toBe("s-1");
  expect(nameOf({ preferred_username: "-Ana Lima\u0000-" })).toBe("ana-lima--");
  expect(nameOf({ preferred_username: "a".repeat(200) })).toHaveLength(64);
});
