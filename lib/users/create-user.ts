import { type AuditEvent, recordAuditEvent } from "@/lib/audit/record-audit-event";
import { hashPassword } from "@/lib/auth/password";
import type { Database } from "@/lib/db/database";
import { isUniqueViolation } from "@/lib/db/database-error";
import { AppError } from "@/lib/errors/app-error";
import { requireClustersToFit } from "./user-policy";
import { insertUser, type User } from "./user-repository";
import type { CreateUserInput } from "./user-schema";

/** Who does something to a user, and from where. */
export type By = Pick<AuditEvent, "actor" | "client">;

/** Makes a local account. @throws AppError `conflict` when the name is taken, `bad_request` */
export async function createUser(
  { db }: { readonly db: Database },
  by: By,
  { username, display_name, role, clusters, password }: CreateUserInput,
): Promise<User> {
  requireClustersToFit(role, clusters);
  const passwordHash = await hashPassword(password);
  const displayName = display_name ?? username;
  try {
    return await db.$transaction(async (transaction) => {
      const user = await insertUser(transaction, {
        ...{ username, displayName, role, clusters, passwordHash },
      });
      await recordAuditEvent(transaction, {
        ...by,
        action: "user.create",
        target: { type: "user", id: user.id },
        detail: { username, role, ...(role === "ops" && { clusters: clusters.join(", ") }) },
      });
      return user;
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new AppError(
      "conflict",
      `A user named “${username}” exists already. Choose another name.`,
    );
  }
}
