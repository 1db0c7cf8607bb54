import { type Role, roleMay } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";

/** Clusters are assigned to the role `ops` alone: others would not gain anything by them. @throws AppError `bad_request` */
export function requireClustersToFit(role: Role, clusters: readonly string[]): void {
  if (role === "ops" || clusters.length === 0) return;
  throw new AppError("bad_request", "Only the role Operations has clusters. Leave them out.");
}

/** Whether a new role takes the right away to be at a desktop: then whoever sits at one has to leave. */
export function losesDesktop(from: Role, to: Role): boolean {
  return roleMay(from, "session.use") && !roleMay(to, "session.use");
}
