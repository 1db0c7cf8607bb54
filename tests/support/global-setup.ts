import type { TestProject } from "vitest/node";
import { offerRadosgw } from "./radosgw";
import { startTestPostgres } from "./test-postgres";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
    radosgwUrl: string;
  }
}

interface Shared {
  readonly servers: Promise<Awaited<ReturnType<typeof startServers>>>;
  users: number;
}

// Projects load this file apart from one another but in one process: they share the servers through it.
const slot = Symbol.for("sortie.test.servers");
const holder = globalThis as { [slot]?: Shared | undefined };

/** One PostgreSQL for the run, with a migrated template that each test copies; one S3 server, if it is asked for. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder[slot] ??= { servers: startServers(), users: 0 });
  shared.users += 1;
  const { postgres, radosgw } = await shared.servers;
  project.provide("postgresUrl", postgres.url);
  project.provide("radosgwUrl", radosgw.url);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    holder[slot] = undefined;
    await Promise.all([postgres.stop(), radosgw.stop()]);
  };
}

async function startServers() {
  const [postgres, radosgw] = await Promise.all([startTestPostgres(), offerRadosgw()]);
  return { postgres, radosgw };
}
