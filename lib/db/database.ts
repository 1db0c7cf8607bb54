import { PrismaPg } from "@prisma/adapter-pg";
import { PrismaClient } from "./generated/client";
import { OrderlyClient } from "./orderly-client";
import { preparedName } from "./prepared";

/** The one way to the database; everything else receives it. */
export type Database = PrismaClient;
/** A database or an open transaction: what a repository function needs. */
export type DatabaseOrTransaction = Omit<
  PrismaClient,
  "$connect" | "$disconnect" | "$on" | "$transaction" | "$extends"
>;

export { Prisma } from "./generated/client";
export type * as Rows from "./generated/models";

/** Makes a client with a pool of at most `poolSize` connections; connects at first use. */
export function openDatabase(databaseUrl: string, poolSize = 10): Database {
  return new PrismaClient({
    adapter: new PrismaPg(
      {
        connectionString: databaseUrl,
        max: poolSize,
        connectionTimeoutMillis: 5_000,
        Client: OrderlyClient,
      },
      { statementNameGenerator: preparedName },
    ),
  });
}
