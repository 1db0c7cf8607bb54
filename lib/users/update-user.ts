import { recordAuditEvent, type Client } from "@/lib/audit/record-audit-event";
import type { AuditAction } from "@/lib/audit/audit-action";
import { hashPassword } from "@/lib/auth/password";
import type { Actor } from "@/lib/auth/permissions";
import type { Database, DatabaseOrTransaction } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { losesDesktop, requireClustersToFit, requireOwnDecision } from "./user-policy";
import { changeUser, lockUserAndAdmins, type User, type UserChange } from "./user-repository";
import type { UpdateUserInput } from "./user-schema";

export interface UpdateUserDeps {
  readonly db: Database;
  readonly now: () => Date;
}

/**
 * An administrator changes a user. Disabling, a new password and a role that may not open desktops end
 * the user's sign-ins at once.
 * Administrators can neither disable nor demote themselves, nor the last one who is left.
 * @throws AppError `not_found`, `conflict`, `bad_request`
 */
export async function updateUser(
  deps: UpdateUserDeps,
  by: { readonly actor: Actor; readonly client: Client },
  id: string,
  input: UpdateUserInput,
): Promise<User> {
  // Before the transaction: hashing takes long, and rows would stay locked meanwhile.
  const passwordHash =
    input.password === undefined ? undefined : await hashPassword(input.password);
  return deps.db.$transaction(async (transaction) => {
    const locked = await lockUserAndAdmins(transaction, id);
    if (locked === null) throw new AppError("not_found", "There is no such user. Reload the list.");
    const { user, otherAdmins } = locked;
    const role = input.role ?? user.role;
    requireClustersToFit(role, input.clusters ?? []);
    requireOwnDecision(user, input);
    refuseLosingAdmin(user, input, { isSelf: by.actor.userId === id, otherAdmins });

    const actions = actionsOf(user, input);
    const endSignIns =
      actions.includes("user.disable") ||
      passwordHash !== undefined ||
      losesDesktop(user.role, role);
    const change = changeOf(user, input, passwordHash, deps.now());
    const changed = await changeUser(transaction, id, change, { endSignIns });
    await recordChanges(transaction, by, changed, actions);
    return changed;
  });
}

function refuseLosingAdmin(
  user: User,
  input: UpdateUserInput,
  { isSelf, otherAdmins }: { readonly isSelf: boolean; readonly otherAdmins: number },
): void {
  const losesRole = user.role === "admin" && (input.role ?? "admin") !== "admin";
  const isDisabled = input.disabled === true;
  if (!losesRole && !isDisabled) return;
  const verb = isDisabled ? "disable" : "demote";
  if (isSelf) {
    throw new AppError(
      "conflict",
      `You cannot ${verb} yourself. Ask another administrator to do it.`,
    );
  }
  if (user.role === "admin" && user.disabledAt === null && otherAdmins === 0) {
    throw new AppError(
      "conflict",
      `You cannot ${verb} the last administrator. Make somebody else an administrator first.`,
    );
  }
}

function changeOf(
  user: User,
  { display_name, role, clusters, disabled }: UpdateUserInput,
  passwordHash: string | undefined,
  now: Date,
): UserChange {
  return {
    ...(display_name !== undefined && { displayName: display_name }),
    ...(role !== undefined && { role }),
    ...(clusters !== undefined && { clusters }),
    // Who is not of the role has none.
    ...(user.role === "ops" && role !== undefined && role !== "ops" && { clusters: [] }),
    ...(disabled !== undefined && { disabledAt: disabled ? (user.disabledAt ?? now) : null }),
    ...(passwordHash !== undefined && { passwordHash }),
  };
}

/** What the audit trail says about the change; saying again what is so already is no event. */
function actionsOf(user: User, input: UpdateUserInput): AuditAction[] {
  const actions: AuditAction[] = [];
  const isDisabled = user.disabledAt !== null;
  const renamed = (input.display_name ?? user.displayName) !== user.displayName;
  const reassigned = (input.clusters ?? user.clusters).join() !== user.clusters.join();
  if (renamed || reassigned || (input.role ?? user.role) !== user.role) actions.push("user.update");
  if (input.disabled === true && !isDisabled) actions.push("user.disable");
  if (input.disabled === false && isDisabled) actions.push("user.enable");
  if (input.password !== undefined) actions.push("user.password_change");
  return actions;
}

async function recordChanges(
  transaction: DatabaseOrTransaction,
  by: { readonly actor: Actor; readonly client: Client },
  { id, username, displayName, role, clusters }: User,
  actions: readonly AuditAction[],
): Promise<void> {
  for (const action of actions) {
    const assigned = role === "ops" && { clusters: clusters.join(", ") };
    const detail =
      action === "user.update"
        ? { username, display_name: displayName, role, ...assigned }
        : { username };
    await recordAuditEvent(transaction, { ...by, action, target: { type: "user", id }, detail });
  }
}
