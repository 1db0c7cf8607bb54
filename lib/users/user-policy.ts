import { type Role, roleMay } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";
import type { User } from "./user-repository";

/** Clusters are assigned to the role `ops` alone: others would not gain anything by them. @throws AppError `bad_request` */
export function requireClustersToFit(role: Role, clusters: readonly string[]): void {
  if (role === "ops" || clusters.length === 0) return;
  throw new AppError("bad_request", "Only the role Operations has clusters. Leave them out.");
}

/**
 * What the OpenID provider decides of its people, nobody changes here: it would not last.
 * @throws AppError `conflict`
 */
export function requireOwnDecision(
  { oidcIssuer, role }: Pick<User, "oidcIssuer" | "role">,
  change: { readonly role?: Role | undefined; readonly password?: string | undefined },
): void {
  if (oidcIssuer === null) return;
  if (change.password !== undefined) {
    throw new AppError("conflict", "This user signs in at the OpenID provider. Change it there.");
  }
  if ((change.role ?? role) !== role) {
    throw new AppError(
      "conflict",
      "The OpenID provider gives this user their role. Change it there.",
    );
  }
}

/** Whether a new role takes the right away to be at a desktop: then whoever sits at one has to leave. */
export function losesDesktop(from: Role, to: Role): boolean {
  return roleMay(from, "session.use") && !roleMay(to, "session.use");
}
