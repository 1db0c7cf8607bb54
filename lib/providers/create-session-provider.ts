import type { Config } from "@/lib/config/config";
import type { Logger } from "@/lib/logging/logger";
import { createLocalSessionProvider } from "./local/local-session-provider";
import type { SessionProvider } from "./session-provider";

export interface ProviderSurroundings {
  /** Tells this process from every other that runs sessions. */
  readonly instanceId: string;
  /** The same for all processes of an installation, for good; labels what it has outside. Rejects without a database. */
  readonly installationId: () => Promise<string>;
  readonly log: Logger;
}

type ProviderName = Config["session"]["provider"];

// Exhaustive: a provider that can be configured but not made does not compile.
const FACTORIES: Readonly<
  Record<ProviderName, (surroundings: ProviderSurroundings) => SessionProvider>
> = {
  local: createLocalSessionProvider,
};

/** The provider that the configuration names. Starts nothing until it is asked to. */
export function createSessionProvider(
  config: Pick<Config, "session">,
  surroundings: ProviderSurroundings,
): SessionProvider {
  return FACTORIES[config.session.provider](surroundings);
}
