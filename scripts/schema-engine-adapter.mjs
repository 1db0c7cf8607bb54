import { randomUUID } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";

/**
 * Types of pg_catalog columns that Prisma's adapter refuses but the engine reads when it describes a schema,
 * with types of the same text form that it knows: "char" and "char"[].
 */
const CATALOG_TYPES = new Map([
  [18, { readAs: 1042, columnType: ColumnTypeEnum.Character }],
  [1002, { readAs: 1009, columnType: ColumnTypeEnum.CharacterArray }],
]);

/** A connection factory for the schema engine: Prisma's own for PostgreSQL, with what it lacks for migrations. */
export function createAdapterFactory(url) {
  const config = readUrl(url);
  const schema = new URL(url).searchParams.get("schema") ?? "public";
  const connectTo = async (database) =>
    mend(await new PrismaPg({ ...config, database }, { schema }).connect());
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: () => connectTo(config.database),
    connectToShadowDb: () => connectToShadow(connectTo, config.database),
  };
}

/** The URL's parts: given whole, it would win over the shadow database's name, and replays hit the real one. */
function readUrl(url) {
  const { host, port, user, password, database, ssl } = new pg.Client({ connectionString: url });
  return { host, port, user, password, database, ssl };
}

function mend(adapter) {
  adapter.executeScript = (script) => executeScript(adapter, script);
  const performIO = adapter.performIO.bind(adapter);
  adapter.queryRaw = async (query) => {
    const marks = [];
    // `queryRaw` looks at the fields of what `performIO` returns: that is where to change them.
    const reader = Object.create(adapter, {
      performIO: { value: async (io) => markCatalogTypes(await performIO(io), marks) },
    });
    const result = await Object.getPrototypeOf(adapter).queryRaw.call(reader, query);
    for (const { index, columnType } of marks) result.columnTypes[index] = columnType;
    return result;
  };
  return adapter;
}

/**
 * Sends the script as one simple query. Prisma's adapter cuts it at every semicolon, also at those inside
 * function bodies and comments.
 */
async function executeScript(adapter, script) {
  try {
    await adapter.underlyingDriver().query(script);
  } catch (error) {
    adapter.onError(error);
  }
}

function markCatalogTypes(result, marks) {
  for (const [index, field] of (result.fields ?? []).entries()) {
    const known = CATALOG_TYPES.get(field.dataTypeID);
    if (known === undefined) continue;
    field.dataTypeID = known.readAs;
    marks.push({ index, columnType: known.columnType });
  }
  return result;
}

/** A database that lives as long as the connection. It is dropped only after its pool has let go of it. */
async function connectToShadow(connectTo, mainDatabase) {
  const main = await connectTo(mainDatabase);
  const database = `prisma_migrate_shadow_db_${randomUUID()}`;
  await main.executeScript(`CREATE DATABASE "${database}"`);
  const shadow = await connectTo(database);
  const disconnect = shadow.dispose.bind(shadow);
  shadow.dispose = async () => {
    await disconnect();
    await main.executeScript(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    await main.dispose();
  };
  return shadow;
}
