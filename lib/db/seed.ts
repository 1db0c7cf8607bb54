import { randomBytes } from "node:crypto";
import type { AdministratorConfig } from "@/lib/config/administrator";
import type { AppKind } from "@/lib/providers/session-provider";
import type { Database } from "./database";

export interface OfferedApp {
  readonly id: string;
  readonly name: string;
  readonly kind: AppKind;
  readonly description: string;
}

/** What the first start made: to be shown once, for the password is stored nowhere. */
export interface NewAdministrator {
  readonly username: string;
  /** Null when the operator chose it. */
  readonly generatedPassword: string | null;
}

const PASSWORD_BYTES = 15;

/** Makes the apps what the catalogue says they are; whether one is enabled is the administrator's choice. */
export async function seedApps(db: Database, apps: readonly OfferedApp[]): Promise<void> {
  for (const [position, { id, name, kind, description }] of apps.entries()) {
    const values = { name, kind, description, position };
    await db.app.upsert({ where: { id }, create: { id, ...values }, update: values });
  }
}

/**
 * Makes an administrator when there is none. Any number of processes may call it at once: one makes the
 * account and is told so, the others get null.
 */
export async function seedAdministrator(
  db: Database,
  wanted: AdministratorConfig,
  hashPassword: (password: string) => Promise<string>,
): Promise<NewAdministrator | null> {
  if ((await db.user.count({ where: { role: "admin" } })) > 0) return null;
  const password = wanted.password ?? randomBytes(PASSWORD_BYTES).toString("base64url");
  const { count } = await db.user.createMany({
    data: [
      {
        username: wanted.username,
        displayName: "Administrator",
        role: "admin",
        passwordHash: await hashPassword(password),
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) return null;
  return {
    username: wanted.username,
    generatedPassword: wanted.password === undefined ? password : null,
  };
}
