import { readFile } from "node:fs/promises";
import { parser } from "@prometheus-io/lezer-promql";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { JOBS } from "@/lib/queue/jobs";

interface Alerts {
  readonly groups: readonly {
    readonly rules: readonly {
      alert: string;
      expr: string;
      for?: string;
      annotations: Record<string, string>;
    }[];
  }[];
}
interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly targets?: readonly { expr: string }[];
  }[];
}

const readText = async (name: string) => await readFile(`helm/monitoring/${name}`, "utf8");

async function alertRules() {
  const { groups } = parse(await readText("alerts.yaml")) as Alerts;
  return groups.flatMap(({ rules }) => rules);
}

async function expressions(): Promise<string[]> {
  const { panels } = JSON.parse(await readText("dashboard.json")) as Dashboard;
  const shown = panels.flatMap(({ targets }) => (targets ?? []).map(({ expr }) => expr));
  return [...(await alertRules()).map(({ expr }) => expr), ...shown];
}

it("alerts and dashboard ask in Prometheus' own language", async () => {
  for (const expression of await expressions()) {
    // What Grafana puts in its place is a duration.
    const text = expression.replaceAll("$__rate_interval", "5m");
    const errors: string[] = [];
    parser.parse(text).iterate({
      enter: ({ type, from }) => {
        if (type.isError) errors.push(text.slice(from));
      },
    });
    expect(errors, text).toEqual([]);
  }
});

it("alerts and dashboard ask for metrics that the product has, of this installation only", async () => {
  const documented = await readFile("docs/metrics.md", "utf8");
  for (const expression of await expressions()) {
    for (const [, metric = "", selector = ""] of expression.matchAll(
      /\b((?:sortie|process|nodejs)_\w+)(\{[^}]*\})?/g,
    )) {
      expect(documented).toContain(`\`${metric.replace(/_(bucket|count|sum)$/, "")}\``);
      expect(selector, expression).toContain('namespace="$namespace"');
    }
  }
});

it("each alert says what is wrong and what to do", async () => {
  for (const { alert, annotations } of await alertRules()) {
    expect(annotations["summary"], alert).toMatch(/\.$/);
    expect(annotations["description"], alert).toMatch(/\.$/);
  }
});

it.each(["sweep-retention", "reap-abandoned"] as const)(
  "an alert rings when %s stops to end well, and when it never has",
  async (job) => {
    const rules = await alertRules();
    const [rule, ...others] = rules.filter(({ expr }) => expr.includes(`job="${job}"`));
    expect(others).toEqual([]);
    const series = `sortie_job_last_success_timestamp_seconds{job="${job}",namespace="$namespace"}`;
    // Both sides have the labels of the series' own selector, so that one alert goes on when a worker dies meanwhile.
    const [stale = "", never, ...more] = rule!.expr.split(" or ");
    expect([never, more]).toEqual([`absent(${series})`, []]);
    const [before = "", after = ""] = stale.split(series);
    expect(before).toBe("time() - max by (job, namespace) (");
    const [, amount, unit] = /^\) > (\d+) \* (60|3600)$/.exec(after) ?? [];
    const everySeconds = JOBS[job].everyMs / 1000;
    expect(Number(amount) * Number(unit), "one run may be missed").toBeGreaterThanOrEqual(
      2 * everySeconds,
    );
    expect(rule!.for, "the first run is waited for").toMatch(/^(15m|1h)$/);
  },
);
