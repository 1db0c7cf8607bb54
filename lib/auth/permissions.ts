export type Role = "admin" | "user";

/** Each thing a person may be allowed to do, with the roles that are. `own`: only what is theirs. */
const ROLES_BY_PERMISSION = {
  "app.view": ["admin", "user"],
  "session.create": ["admin", "user"],
  "session.use_own": ["admin", "user"],
  "session.view_all": ["admin"],
  "session.end_all": ["admin"],
  "recording.create": ["admin", "user"],
  "recording.view_own": ["admin", "user"],
  "recording.view_all": ["admin"],
  "recording.delete_own": ["admin", "user"],
  "recording.delete_all": ["admin"],
  "user.manage": ["admin"],
  "settings.manage": ["admin"],
  "audit.view": ["admin"],
  "storage.view": ["admin"],
  "job.run": ["admin"],
  "account.use": ["admin", "user"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof ROLES_BY_PERMISSION;

/** Who is asking, as the database knows them at this moment. */
export interface Actor {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
}

export function roleMay(role: Role, permission: Permission): boolean {
  const roles: readonly Role[] = ROLES_BY_PERMISSION[permission];
  return roles.includes(role);
}

export function may(actor: Actor, permission: Permission): boolean {
  return roleMay(actor.role, permission);
}
