import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { requireCommand } from "@/tests/support/requirements";
import { ALERT_CASES, NAMESPACE, type SeriesValues } from "./alert-cases";

const run = promisify(execFile);

interface Rule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
type Labels = Readonly<Record<string, string>>;

const text = (await readFile("helm/monitoring/alerts.yaml", "utf8")).replaceAll(
  "$namespace",
  NAMESPACE,
);
const rules = (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  (group) => group.rules,
);

/** The alert as its receivers get it. */
function alertOf({ labels, annotations }: Rule, more: Labels) {
  const filled = Object.entries(annotations).map(([name, words]) => [
    name,
    words.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_all, label: string) => more[label] ?? ""),
  ]);
  return {
    exp_labels: { ...labels, ...more },
    exp_annotations: Object.fromEntries(filled) as Labels,
  };
}

function promtoolTest(rule: Rule, series: SeriesValues, times: readonly [string, Labels | null][]) {
  return {
    name: rule.alert,
    interval: "1m",
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: times.map(([time, labels]) => ({
      eval_time: time,
      alertname: rule.alert,
      exp_alerts: labels === null ? [] : [alertOf(rule, labels)],
    })),
  };
}

function testsOf(rule: Rule) {
  const { rings = [], silent = [] } = ALERT_CASES[rule.alert] ?? {};
  return [
    ...rings.map(({ series, at, notYet, labels = {} }) => {
      const early: [string, null][] = notYet === undefined ? [] : [[notYet, null]];
      return promtoolTest(rule, series, [...early, [at, labels]]);
    }),
    ...silent.map(({ series, at }) => promtoolTest(rule, series, [[at, null]])),
  ];
}

it("each alert has series with which it rings, and others with which it does not", () => {
  expect(Object.keys(ALERT_CASES)).toEqual(rules.map(({ alert }) => alert));
  for (const [alert, { rings, silent }] of Object.entries(ALERT_CASES)) {
    expect([rings.length > 0, silent.length > 0], alert).toEqual([true, true]);
  }
});

it.skipIf(requireCommand("promtool") === null)(
  "each alert rings when it should, not before and not otherwise, in Prometheus' own evaluation",
  async () => {
    const directory = await mkdtemp(join(tmpdir(), "alerts-"));
    await writeFile(join(directory, "alerts.yaml"), text);
    const file = join(directory, "tests.yaml");
    const tests = rules.flatMap(testsOf);
    // YAML reads JSON.
    const content = { rule_files: ["alerts.yaml"], evaluation_interval: "1m", tests };
    await writeFile(file, JSON.stringify(content));
    // It ends with what differs where one does.
    const { stdout } = await run("promtool", ["test", "rules", file]);
    expect(stdout).toContain("SUCCESS");
    await rm(directory, { recursive: true });
  },
);
