import { PrismaPg } from "@prisma/adapter-pg";
import { z } from "zod";
import { type Database, type DatabaseOrTransaction, Prisma } from "@/lib/db/database";
import { PrismaClient } from "@/lib/db/generated/client";

/** How PostgreSQL means to answer, as `EXPLAIN (FORMAT JSON)` tells it. */
export interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string | undefined;
  readonly "Plan Rows": number;
  readonly Plans?: readonly Plan[] | undefined;
}
const planSchema: z.ZodType<Plan> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    "Plan Rows": z.number(),
    Plans: z.array(planSchema).optional(),
  }),
);
const explainedSchema = z.tuple([
  z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: planSchema })]) }),
]);

function planIn(explained: unknown): Plan {
  return explainedSchema.parse(explained)[0]["QUERY PLAN"][0].Plan;
}

/** The same database, or transaction, that also keeps the plan of each query of plain SQL on recordings. */
export function explaining<T extends DatabaseOrTransaction>(db: T, plans: Plan[]): T {
  const query = async (parts: TemplateStringsArray, ...values: unknown[]) => {
    const sql = Prisma.sql(parts, ...values);
    if (sql.sql.trim().startsWith("SELECT") && sql.sql.includes('"recordings"')) {
      plans.push(planIn(await db.$queryRaw`EXPLAIN (FORMAT JSON) ${sql}`));
    }
    return db.$queryRaw(sql);
  };
  return new Proxy(db, {
    get: (target, name) => (name === "$queryRaw" ? query : (Reflect.get(target, name) as unknown)),
  });
}

/** A statement as Prisma made it of what it was asked. */
export interface Statement {
  readonly text: string;
  /** Whether it reads this table before any other. */
  readonly isOf: (table: string) => boolean;
  readonly plan: (db: Database) => Promise<Plan>;
}

/** The statements that come of what `work` asks a client of its own. */
export async function statementsOf(
  url: string,
  work: (client: DatabaseOrTransaction) => Promise<void>,
): Promise<readonly Statement[]> {
  const statements: Statement[] = [];
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: 1 }),
    log: [{ emit: "event", level: "query" }],
  });
  client.$on("query", ({ query: text, params }) => {
    const values = z.array(z.unknown()).parse(JSON.parse(params));
    statements.push({
      text,
      isOf: (table) => text.includes(` FROM "public"."${table}"`),
      plan: async (db) =>
        planIn(await db.$queryRawUnsafe(`EXPLAIN (FORMAT JSON) ${text}`, ...values)),
    });
  });
  await work(client);
  await client.$disconnect();
  return statements;
}

/** What is wrong with a plan, in words: all rows of the relation are read, or too many of whatever sorted. */
export function faultsOf(
  plan: Plan,
  limits: { readonly relation: string; readonly mostSorted: number },
): string[] {
  const below = (plan.Plans ?? []).flatMap((each) => faultsOf(each, limits));
  const kind = plan["Node Type"];
  if (kind === "Seq Scan" && plan["Relation Name"] === limits.relation) {
    return ["reads every row", ...below];
  }
  const input = plan.Plans?.[0]?.["Plan Rows"] ?? 0;
  return kind === "Sort" && input > limits.mostSorted ? [`sorts ${input} rows`, ...below] : below;
}
