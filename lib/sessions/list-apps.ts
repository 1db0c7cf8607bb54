import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { SessionProvider } from "@/lib/providers/session-provider";
import { availabilityOf } from "./app-availability";
import type { AppCatalogue } from "./app-catalogue";
import type { AppJson } from "./session-schema";

/**
 * The apps that people choose from: those of the catalogue that are switched on, with whether each can run here now
 * and what is missing if not.
 */
export async function listApps({
  db,
  provider,
  apps,
  config,
}: {
  readonly config: Pick<Config, "appsDomain">;
  readonly apps: AppCatalogue;
  readonly db: DatabaseOrTransaction;
  readonly provider: Pick<SessionProvider, "availability">;
}): Promise<AppJson[]> {
  const enabled = await db.app.findMany({ where: { enabled: true }, select: { id: true } });
  const ids = new Set(enabled.map(({ id }) => id));
  return Promise.all(
    apps
      .filter(({ id }) => ids.has(id))
      .map(async (app) => {
        const { id, name, kind, description } = app;
        const found = await availabilityOf({ config, provider }, app);
        const reason = found.available ? null : found.reason;
        return {
          id,
          name,
          kind,
          description,
          available: found.available,
          unavailable_reason: reason,
        };
      }),
  );
}
