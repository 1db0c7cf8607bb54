import { hashPassword } from "@/lib/auth/password";
import { parseAdministrator } from "@/lib/config/administrator";
import { openDatabase } from "@/lib/db/database";
import { migrate, type MigrationReport } from "@/lib/db/migrate";
import { type NewAdministrator, seedAdministrator, seedApps } from "@/lib/db/seed";
import type { AppCatalogue } from "@/lib/sessions/app-catalogue";

export interface PreparedDatabase {
  readonly migrations: MigrationReport;
  /** Not null when this call made the first administrator. */
  readonly administrator: NewAdministrator | null;
}

/**
 * Brings the database to what this version needs: migrations, the apps of the catalogue, an administrator. Any number
 * of processes may do so at once.
 * @throws MigrationError, ConfigError
 */
export async function prepareDatabase(
  databaseUrl: string,
  environment: Readonly<Record<string, string | undefined>>,
  apps: AppCatalogue,
): Promise<PreparedDatabase> {
  const wanted = parseAdministrator(environment);
  const migrations = await migrate(databaseUrl);
  const db = openDatabase(databaseUrl, 1);
  try {
    await seedApps(db, apps);
    const administrator =
      wanted === null ? null : await seedAdministrator(db, wanted, hashPassword);
    return { migrations, administrator };
  } finally {
    await db.$disconnect();
  }
}
