import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServices, type Services } from "@/lib/composition/services";
import { parseConfig } from "@/lib/config/config";
import { createTestDatabase, type TestDatabase } from "./postgres";

export interface TestServices {
  readonly services: Services;
  readonly database: TestDatabase;
  /** A folder of this test's own: `data` and `recordings` are in it. */
  readonly directory: string;
  /** Ends sessions, closes the database and removes the folder. */
  close(): Promise<void>;
}

/** Real services on a database and a folder of this test's own. `environment` wins over the defaults. */
export async function createTestServices(
  environment: Readonly<Record<string, string>> = {},
): Promise<TestServices> {
  const directory = await mkdtemp(join(tmpdir(), "sortie-test-"));
  const database = await createTestDatabase();
  const config = parseConfig({ ...testEnvironment(directory, database.url), ...environment });
  const composed = createServices(config, "test");
  const services = { ...composed, db: database.db };
  return {
    services,
    database,
    directory,
    close: async () => {
      await services.provider.close();
      await services.queue.close();
      await composed.db.$disconnect();
      await database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What a product under test is told: recording on, everything in `directory`, silent. */
export function testEnvironment(directory: string, databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    NEXTAUTH_SECRET: "a secret for tests, and for nothing else",
    SORTIE_VIDEO_RECORDING_ENABLED: "true",
    SORTIE_RECORDING_STORAGE_PATH: join(directory, "recordings"),
    SORTIE_DATA_DIR: join(directory, "data"),
    SORTIE_LOG_LEVEL: "silent",
    HOST: "127.0.0.1",
    PORT: "0",
  };
}
