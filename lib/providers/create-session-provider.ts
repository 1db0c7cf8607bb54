import type { Config } from "@/lib/config/config";
import type { Logger } from "@/lib/logging/logger";
import { DockerSessionProvider } from "./docker/docker-session-provider";
import { createKubernetesSessionProvider } from "./kubernetes/kubernetes-session-provider";
import { createLocalSessionProvider } from "./local/local-session-provider";
import type { SessionProvider } from "./session-provider";

export interface ProviderSurroundings {
  /** Tells this process from every other that runs sessions. */
  readonly instanceId: string;
  /** The same for all processes of an installation, for good; labels what it has outside. Rejects without a database. */
  readonly installationId: () => Promise<string>;
  readonly log: Logger;
}

/** The provider that the configuration names. Starts nothing until it is asked to. */
export function createSessionProvider(
  { session }: Pick<Config, "session">,
  surroundings: ProviderSurroundings,
): SessionProvider {
  switch (session.provider) {
    case "local":
      return createLocalSessionProvider(surroundings);
    case "docker":
      return new DockerSessionProvider(session, surroundings);
    case "kubernetes":
      return createKubernetesSessionProvider(session, surroundings);
  }
}
