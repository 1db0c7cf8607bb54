import { readdir, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import type { BenchRow } from "./bench-row";

/**
 * Runs each `*.bench.ts` beside this file, one after the other (those named as arguments, else all), prints
 * what each found and then the whole table, and, after a full run, keeps it in `docs/benchmarks.md`. Fails when
 * a promise does not hold.
 */
const folder = new URL(".", import.meta.url);
const document = new URL("../../docs/benchmarks.md", import.meta.url);

async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  const files = (await readdir(folder)).filter((name) => name.endsWith(".bench.ts")).sort();
  const chosen = files.filter(
    (name) => asked.length === 0 || asked.includes(name.split(".")[0] ?? ""),
  );
  const rows: BenchRow[] = [];
  for (const name of chosen) {
    console.log(`… ${name}`);
    const bench = (await import(fileURLToPath(new URL(name, folder)))) as {
      run: () => Promise<BenchRow[]>;
    };
    const found = await bench.run();
    console.log(table(found));
    rows.push(...found);
  }
  rows.sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
  console.log(`\n${table(rows)}\n`);
  if (asked.length === 0) await writeFile(document, page(rows));
  if (rows.some((row) => !row.holds)) process.exitCode = 1;
}

function table(rows: readonly BenchRow[]): string {
  const cells = rows.map(({ id, work, ours, peer, ratio, bar, holds }) =>
    [id, work, ours, peer, `${ratio.toPrecision(2)}×`, bar, holds ? "yes" : "**no**"].join(" | "),
  );
  return [
    "| id | work | ours | peer | ours ÷ peer | bar | holds |",
    "|---|---|---|---|---|---|---|",
    ...cells.map((row) => `| ${row} |`),
  ].join("\n");
}

function page(rows: readonly BenchRow[]): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, ${memory}, Linux ${release()}, Node ${process.versions.node}`;
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}. Ours and the peer ran side by side in one
run; only the ratios mean anything on another machine. The promises are P1–P8 of the design.

Machine: ${machine}.

${table(rows)}
`;
}

await main();
