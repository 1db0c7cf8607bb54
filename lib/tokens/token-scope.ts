import { type Permission, type Role, roleMay } from "@/lib/auth/permissions";

/**
 * What a token can be made for, in the words of the person who makes it. Pure: the browser imports it too.
 * No scope holds what one does to one's own account: a token can neither change the password nor make tokens.
 */
export const TOKEN_SCOPES = {
  read: {
    label: "See and get recordings",
    hint: "Lists, details, playing and downloading",
    permissions: [
      "app.view",
      "session.view",
      "recording.view",
      "recording.play",
      "recording.download",
    ],
  },
  record: {
    label: "Record",
    hint: "Open and end sessions, record them, describe recordings",
    permissions: [
      "app.view",
      "session.view",
      "session.create",
      "session.use",
      "session.end",
      "recording.create",
      "recording.view",
    ],
  },
  delete: {
    label: "Delete recordings",
    hint: "What the role may delete",
    permissions: ["recording.view", "recording.delete"],
  },
  administer: {
    label: "Administer",
    hint: "What the role may do in the panel: users, settings, audit, holds, jobs",
    permissions: [
      "user.manage",
      "settings.manage",
      "audit.view",
      "storage.view",
      "job.run",
      "recording.hold",
    ],
  },
} as const satisfies Record<string, TokenScopeMeaning>;

interface TokenScopeMeaning {
  readonly label: string;
  readonly hint: string;
  readonly permissions: readonly Permission[];
}

export type TokenScope = keyof typeof TOKEN_SCOPES;

export const TOKEN_SCOPE_NAMES = Object.keys(TOKEN_SCOPES) as readonly TokenScope[];

function isTokenScope(text: string): text is TokenScope {
  return Object.hasOwn(TOKEN_SCOPES, text);
}

/** A scope in words; one that an earlier version knew is named as it was. */
export function scopeWord(scope: string): string {
  return isTokenScope(scope) ? TOKEN_SCOPES[scope].label : scope;
}

/** The scopes that give somebody of the role anything at all beyond what the others do. */
export function scopesFor(role: Role): TokenScope[] {
  const needed = { read: "recording.view", record: "recording.create" } as const;
  const others = { delete: "recording.delete", administer: "storage.view" } as const;
  const telling = { ...needed, ...others } satisfies Record<TokenScope, Permission>;
  return TOKEN_SCOPE_NAMES.filter((scope) => roleMay(role, telling[scope]));
}

/** All that scopes allow together; a name that an earlier version knew and this one does not allows nothing. */
export function permissionsOf(scopes: readonly string[]): ReadonlySet<Permission> {
  return new Set(scopes.filter(isTokenScope).flatMap((scope) => TOKEN_SCOPES[scope].permissions));
}
