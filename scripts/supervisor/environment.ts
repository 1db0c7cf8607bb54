import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

const SECRET_BYTES = 32;

/**
 * What `npm start` sets for whoever sets nothing: the evaluation profile. Anything that is set wins; an empty
 * variable counts as not set. `DATABASE_URL` is not in it: making a database takes a while.
 */
export async function evaluationProfile(
  given: Environment,
  dataDirectory: string,
): Promise<Environment> {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const defaults = {
    SORTIE_DATA_DIR: dataDirectory,
    SORTIE_VIDEO_RECORDING_ENABLED: "true",
    SORTIE_RECORDING_STORAGE_PATH: join(dataDirectory, "recordings"),
    NEXTAUTH_SECRET: given["NEXTAUTH_SECRET"] || (await keptSecret(dataDirectory)),
    PORT: "3000",
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined && value !== "");
  return { ...defaults, ...Object.fromEntries(set), NODE_ENV: "production" };
}

/** Made at the first start: a new one would sign everybody out. */
async function keptSecret(dataDirectory: string): Promise<string> {
  const file = join(dataDirectory, "secret");
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  // Written only where there is none yet.
  await writeFile(file, secret, { mode: 0o600, flag: "wx" }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  });
  return await readFile(file, "utf8");
}
