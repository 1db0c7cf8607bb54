import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { insertManyRecordings } from "../support/many-recordings";
import { runSql } from "../support/test-postgres";
import { type BenchRow, milliseconds, quantile } from "./bench-row";
import { type BuiltProduct, startBuiltProduct } from "./built-product";
import { measureSums } from "./sums";

const MANY = 1_000_000;
const FEW = 1_000;
const USERS = 1_000;
const WARM_UPS = 5;
/** Ten of them are beyond the p95: of fewer it is what the machine did besides. */
const MEASURED = 200;
const BAR = 2;
const DAY_MS = 86_400_000;

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

/** Every list page and filter that the panel offers, by what it shows. */
const LISTS: Readonly<Record<string, string>> = {
  newest: "",
  oldest: "sort=oldest",
  largest: "sort=largest",
  smallest: "sort=smallest",
  longest: "sort=longest",
  "by user": "sort=user_a_z",
  "of one user": "user=person0001",
  "of one user, largest": "user=person0001&sort=largest",
  "of one app": "app_id=browser",
  "of an app none uses now": "app_id=retired",
  "of an app none uses now, largest": "app_id=retired&sort=largest",
  "of one cluster": "cluster=default",
  "of a small cluster, largest": "cluster=east&sort=largest",
  failed: "status=failed",
  "being made": "status=recording,uploading",
  "of a day": `from=${daysAgo(101)}&to=${daysAgo(100)}`,
  "of a day, largest": `from=${daysAgo(101)}&to=${daysAgo(100)}&sort=largest`,
  "over 400 MB": "min_bytes=400000000",
  "over 520 MB": "min_bytes=520000000",
  interrupted: "flags=interrupted",
  "under hold": "flags=held",
  "interrupted and cut": "flags=interrupted,truncated",
  "with a common word": "q=desktop",
  "with a word of one in a hundred": "q=percent",
  "with a word of one in a million": "q=needle",
  "with a word of old ones alone": "q=retired",
  "with a user's name": "q=person0500",
  "failed, of one app, with a word": "status=failed&app_id=desktop&q=report",
};

/** P4: each list page and filter at a million recordings against the same at a thousand, side by side. */
export async function run(): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), "sortie-bench-"));
  const few = await startFilled(join(directory, "few"), FEW);
  const many = await startFilled(join(directory, "many"), MANY);
  try {
    const rows: BenchRow[] = [];
    for (const [name, query] of Object.entries(LISTS)) {
      rows.push(rowOf(`first page, ${name}`, await measure(few, many, `${query}&limit=50`)));
    }
    const deep = { few: await tenthPage(few), many: await tenthPage(many) };
    rows.push(rowOf("tenth page, newest", await compare(few, many, deep)));
    return [...rows, ...(await measureSums(few, many))];
  } finally {
    await few.close();
    await many.close();
    await rm(directory, { recursive: true });
  }
}

async function startFilled(directory: string, recordings: number): Promise<BuiltProduct> {
  const product = await startBuiltProduct(directory, {});
  const { databaseUrl } = product;
  await insertManyRecordings(databaseUrl, { recordings, users: USERS });
  await runSql(
    databaseUrl,
    `INSERT INTO legal_holds (user_id, reason, placed_by)
     SELECT id, 'A case', 'bench' FROM users WHERE username = 'person0001'`,
    // Else it writes out all that while others are measured.
    "CHECKPOINT",
  );
  return product;
}

interface Measured {
  readonly few: readonly number[];
  readonly many: readonly number[];
}

function measure(few: BuiltProduct, many: BuiltProduct, query: string): Promise<Measured> {
  return compare(few, many, { few: query, many: query });
}

/** Turn by turn, and each first in every other, so that whatever else the machine does meets both alike. */
async function compare(
  few: BuiltProduct,
  many: BuiltProduct,
  queries: { readonly few: string; readonly many: string },
): Promise<Measured> {
  const measured = { few: [] as number[], many: [] as number[] };
  for (let turn = -WARM_UPS; turn < MEASURED; turn += 1) {
    for (const which of turn % 2 === 0 ? (["few", "many"] as const) : (["many", "few"] as const)) {
      const ms = await timeOf(which === "few" ? few : many, queries[which]);
      if (turn >= 0) measured[which].push(ms);
    }
  }
  return measured;
}

async function timeOf(product: BuiltProduct, query: string): Promise<number> {
  const startedAt = performance.now();
  await ask(product, query);
  return performance.now() - startedAt;
}

async function ask({ origin, headers }: BuiltProduct, query: string): Promise<Response> {
  const response = await fetch(`${origin}/api/admin/recordings?${query}`, { headers });
  if (!response.ok) throw new Error(`${query} was answered ${response.status}`);
  await response.arrayBuffer();
  return response;
}

/** The query of the tenth page, as following the links ten times leads there. */
async function tenthPage(product: BuiltProduct): Promise<string> {
  let query = "limit=50";
  for (let page = 1; page < 10; page += 1) {
    const { headers } = await ask(product, query);
    query = /\?([^>]*)>/.exec(headers.get("link") ?? "")?.[1] ?? query;
  }
  return query;
}

function rowOf(work: string, { few, many }: Measured): BenchRow {
  const [ours, peer] = [quantile(many, 0.95), quantile(few, 0.95)];
  const ratio = ours / peer;
  return {
    id: "P4",
    work,
    ours: `1,000,000 recordings: p95 ${milliseconds(ours)}`,
    peer: `1,000 recordings: p95 ${milliseconds(peer)}`,
    ratio,
    bar: `≤ ${BAR}`,
    holds: ratio <= BAR,
  };
}
