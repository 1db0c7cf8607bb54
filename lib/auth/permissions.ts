export const ROLES = ["admin", "ops", "dev", "readonly"] as const;
export type Role = (typeof ROLES)[number];

/** Whose things a permission reaches: one's own; those in the clusters assigned to one as well; everybody's. */
export type Scope = "own" | "cluster" | "all";

const EVERYBODY = { admin: "own", ops: "own", dev: "own", readonly: "own" } as const;
const WORKING = { admin: "own", ops: "own", dev: "own" } as const;
const SEEING = { admin: "all", ops: "cluster", dev: "own", readonly: "own" } as const;
const ADMIN = { admin: "all" } as const;

/**
 * Each thing a person may be allowed to do, with the roles that are and how far it reaches. Where nothing
 * belongs to anybody, such as the settings, the reach means nothing.
 */
const GRANTS = {
  "app.view": EVERYBODY,
  "session.create": WORKING,
  "session.view": SEEING,
  /** To see and steer its desktop: nobody sits down at another person's. */
  "session.use": WORKING,
  "session.end": { admin: "all", ops: "cluster", dev: "own" },
  /** Covers a recording's bytes, poster and description: nobody puts any into another person's. */
  "recording.create": WORKING,
  "recording.view": SEEING,
  "recording.play": SEEING,
  "recording.download": { admin: "all", ops: "cluster", dev: "own" },
  "recording.delete": { admin: "all", ops: "own", dev: "own" },
  "recording.hold": { admin: "all", ops: "cluster" },
  "settings.manage": ADMIN,
  "user.manage": ADMIN,
  "audit.view": ADMIN,
  "storage.view": { admin: "all", ops: "all" },
  /** To run a background job now, or a failed one again. */
  "job.run": ADMIN,
  "account.use": EVERYBODY,
  "token.create": EVERYBODY,
  "token.revoke": { admin: "all", ops: "own", dev: "own", readonly: "own" },
} as const satisfies Record<string, Readonly<Partial<Record<Role, Scope>>>>;

export type Permission = keyof typeof GRANTS;

/** What a page or an address asks for: a permission, or one that reaches further than one's own things. */
export type Demand = Permission | `${Permission} of others`;

/** Who is asking, as the database knows them at this moment. */
export interface Actor {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  /** The clusters assigned to somebody of the role `ops`; none for anybody else. */
  readonly clusters: readonly string[];
  /** The personal token that the request came with; null for a browser that signed in. */
  readonly token: ActorToken | null;
}

export interface ActorToken {
  readonly id: string;
  readonly name: string;
  /** All it was made for. It never allows what its user's role does not. */
  readonly permissions: ReadonlySet<Permission>;
}

/** Something that belongs to somebody, such as a session or a recording. */
export interface Owned {
  readonly userId: string;
  /** Where it lies; null for what lies in no cluster. */
  readonly cluster: string | null;
}

function grantOf(role: Role, permission: Permission): Scope | null {
  const grants: Readonly<Partial<Record<Role, Scope>>> = GRANTS[permission];
  return grants[role] ?? null;
}

function scopeOf({ role, token }: Actor, permission: Permission): Scope | null {
  return token === null || token.permissions.has(permission) ? grantOf(role, permission) : null;
}

const OF_OTHERS = " of others";

function satisfies(demand: Demand, scopeFor: (permission: Permission) => Scope | null): boolean {
  if (!demand.endsWith(OF_OTHERS)) return scopeFor(demand as Permission) !== null;
  const scope = scopeFor(demand.slice(0, -OF_OTHERS.length) as Permission);
  return scope !== null && scope !== "own";
}

/** Whether anybody of the role may, with whatever it may be. */
export function roleMay(role: Role, demand: Demand): boolean {
  return satisfies(demand, (permission) => grantOf(role, permission));
}

/** Whether somebody may at all, with whatever it may be. */
export function may(actor: Actor, demand: Demand): boolean {
  return satisfies(demand, (permission) => scopeOf(actor, permission));
}

/** Whether somebody may with this one thing. */
export function mayWith(actor: Actor, permission: Permission, { userId, cluster }: Owned): boolean {
  switch (scopeOf(actor, permission)) {
    case null:
      return false;
    case "own":
      return userId === actor.userId;
    case "cluster":
      return userId === actor.userId || (cluster !== null && actor.clusters.includes(cluster));
    case "all":
      return true;
  }
}

/** Whose sessions or recordings a list shows: a condition on their rows. */
export interface Reach {
  readonly userId?: string;
  readonly cluster?: { readonly in: string[] };
}

/**
 * The rows that a list for more than one's own shows somebody: everybody's, or those of their clusters.
 * Their own in other clusters are in the list of their own. Null when they may see no such list.
 */
export function reachOf(actor: Actor, permission: Permission): Reach | null {
  switch (scopeOf(actor, permission)) {
    case null:
    case "own":
      return null;
    case "cluster":
      return { cluster: { in: [...actor.clusters] } };
    case "all":
      return {};
  }
}
