import { type AuditEvent, recordAuditEvent } from "@/lib/audit/record-audit-event";
import { hashPassword } from "@/lib/auth/password";
import type { Database } from "@/lib/db/database";
import { isUniqueViolation } from "@/lib/db/database-error";
import { AppError } from "@/lib/errors/app-error";
import { insertUser, type User } from "./user-repository";
import type { CreateUserInput } from "./user-schema";

/** Who does something to a user, and from where. */
export type By = Pick<AuditEvent, "actor" | "client">;

/** Makes a local account. @throws AppError `conflict` when the name is taken */
export async function createUser(
  { db }: { readonly db: Database },
  by: By,
  { username, display_name, role, password }: CreateUserInput,
): Promise<User> {
  const passwordHash = await hashPassword(password);
  const displayName = display_name ?? username;
  try {
    return await db.$transaction(async (transaction) => {
      const user = await insertUser(transaction, { username, displayName, role, passwordHash });
      await recordAuditEvent(transaction, {
        ...by,
        action: "user.create",
        target: { type: "user", id: user.id },
        detail: { username, role },
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
