import type { TestProject } from "vitest/node";
import { startTestPostgres, type TestPostgres } from "./test-postgres";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

interface Shared {
  readonly server: Promise<TestPostgres>;
  users: number;
}

// Projects load this file apart from one another but in one process: they share the server through it.
const slot = Symbol.for("sortie.test.postgres");
const holder = globalThis as { [slot]?: Shared | undefined };

/** One PostgreSQL for the run, with a migrated template that each test copies. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder[slot] ??= { server: startTestPostgres(), users: 0 });
  shared.users += 1;
  project.provide("postgresUrl", (await shared.server).url);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    holder[slot] = undefined;
    await (await shared.server).stop();
  };
}
