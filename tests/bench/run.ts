import { readdir, readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { BenchRow } from "./bench-row";

/**
 * Runs each `*.bench.ts` beside this file, one after the other (those named as arguments, else all), and prints what
 * each found. A full run, or any with `--keep`, puts what it found in `docs/benchmarks.md` in place of the rows that
 * stand there for the same promises. Fails when a promise does not hold.
 */
const folder = new URL(".", import.meta.url);
const document = new URL("../../docs/benchmarks.md", import.meta.url);

async function main(): Promise<void> {
  const { values, positionals: asked } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: "boolean", default: false } },
  });
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
    console.log(table(found.map(lineOf)));
    rows.push(...found);
  }
  if (asked.length === 0 || values.keep) await keep(rows);
  if (rows.some((row) => !row.holds)) process.exitCode = 1;
}

/** Rows of other promises stay as they are, with the day they were measured. */
async function keep(rows: readonly BenchRow[]): Promise<void> {
  const measured = new Set(rows.map(({ id }) => `| ${id} |`));
  const kept = (await readFile(document, "utf8"))
    .split("\n")
    .filter((line) => /^\| P\d+ \|/.test(line))
    .filter((line) => ![...measured].some((start) => line.startsWith(start)));
  const lines = [...kept, ...rows.map(lineOf)].sort((a, b) =>
    promiseOf(a).localeCompare(promiseOf(b), "en", { numeric: true }),
  );
  await writeFile(document, page(lines));
}

const promiseOf = (line: string) => line.split(" ")[1] ?? "";

function lineOf({ id, work, ours, peer, ratio, bar, holds }: BenchRow): string {
  const day = new Date().toISOString().slice(0, 10);
  const verdict = holds ? "yes" : "**no**";
  const cells = [id, work, ours, peer, `${ratio.toPrecision(2)}×`, bar, verdict, day];
  return `| ${cells.join(" | ")} |`;
}

function table(lines: readonly string[]): string {
  return [
    "| id | work | ours | peer | ours ÷ peer | bar | holds | measured |",
    "|---|---|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

function page(lines: readonly string[]): string {
  const [cpu] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? "unknown processor"}, ${memory}, Linux ${release()}, Node ${process.versions.node}`;
  return `# Benchmarks

Written by \`npm run bench\`. Ours and the peer ran side by side in one run, on the day beside them; only the ratios mean
anything on another machine. The promises are P1–P8 of the design.

Machine: ${machine}.

${table(lines)}
`;
}

await main();
