import type { Config } from "@/lib/config/config";
import type { AppSpec, Availability, SessionProvider } from "@/lib/providers/session-provider";

interface AvailabilityDeps {
  readonly config: Pick<Config, "appsDomain">;
  readonly provider: Pick<SessionProvider, "availability">;
}

/** Said where web apps have no address. */
export const NO_APPS_DOMAIN =
  "Web apps need a domain of their own, which is not set up here. Ask an administrator to set SORTIE_APPS_DOMAIN.";

/** Whether an app can run, and be reached, here and now; if not, what is missing. */
export async function availabilityOf(
  { config, provider }: AvailabilityDeps,
  app: AppSpec,
): Promise<Availability> {
  if (app.kind === "web" && config.appsDomain === undefined) {
    return { available: false, reason: NO_APPS_DOMAIN };
  }
  return provider.availability(app);
}
