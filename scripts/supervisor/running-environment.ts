import { join } from "node:path";
import { findEmbeddedPostgres } from "@/lib/db/embedded-postgres";
import { type Environment, evaluationProfile } from "./environment";

/**
 * What the product that runs on a data folder was told, for a command beside it. `DATABASE_URL` is not in it
 * where the database is the embedded one and does not run.
 */
export async function runningEnvironment(
  given: Environment,
  dataDirectory: string,
): Promise<Environment> {
  const profile = await evaluationProfile(given, dataDirectory);
  if (profile["DATABASE_URL"] !== undefined) return profile;
  const url = await findEmbeddedPostgres(join(dataDirectory, "postgres"));
  return { ...profile, DATABASE_URL: url };
}
