import type { RoundResult } from "./round";

/** Whether anything was lost, stuck or otherwise not as it must be. */
export function failed({ lostBytes, stuck, offences }: RoundResult): boolean {
  return lostBytes > 0 || stuck > 0 || offences.length > 0;
}

/** One line for each fault, and one for everything. */
export function summary(results: readonly RoundResult[]): string {
  const kinds = [...new Set(results.flatMap(({ plan }) => plan.faults.map(({ kind }) => kind)))];
  const rows = kinds.sort().map((kind) =>
    line(
      kind,
      results.filter(({ plan }) => plan.faults.some((fault) => fault.kind === kind)),
    ),
  );
  const heading =
    "| fault | rounds | recordings | acknowledged bytes | lost bytes | stuck | rounds with an offence |";
  const table = [heading, "|---|--:|--:|--:|--:|--:|--:|", ...rows, line("**all**", results)];
  return [...table, ...unsent(results)].join("\n");
}

/** What killed browsers took with them, where nothing else failed that kept bytes from being sent. */
function unsent(results: readonly RoundResult[]): string[] {
  const alone = results.filter(({ plan }) => plan.faults.length === 1);
  const times = alone.map(({ unsentMs }) => unsentMs).filter((timeMs) => timeMs !== null);
  if (times.length === 0) return [];
  const seconds = (Math.max(...times) / 1000).toFixed(1);
  return [`\nBrowsers killed while all else was well: ${times.length}; at most ${seconds} s lost.`];
}

function line(name: string, results: readonly RoundResult[]): string {
  const total = (of: (result: RoundResult) => number) =>
    results.reduce((sum, result) => sum + of(result), 0);
  const cells = [
    results.length,
    total(({ recordings }) => recordings),
    total(({ acknowledgedBytes }) => acknowledgedBytes).toLocaleString("en"),
    total(({ lostBytes }) => lostBytes),
    total(({ stuck }) => stuck),
    results.filter(({ offences }) => offences.length > 0).length,
  ];
  return `| ${[name, ...cells].join(" | ")} |`;
}
