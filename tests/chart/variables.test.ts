import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseAdministrator } from "@/lib/config/administrator";
import { parseConfig, VARIABLES } from "@/lib/config/config";
import { CASES, LEAST } from "./cases";
import { environmentOf, type Variable } from "./manifests";
import { canRender, renderChart } from "./render-chart";

/** Only the web process reads these: it makes the first administrator. */
const ADMINISTRATOR = ["SORTIE_ADMIN_USERNAME", "SORTIE_ADMIN_PASSWORD"];
const KNOWN = [...Object.keys(VARIABLES), ...ADMINISTRATOR];

/** What the chart sets though nobody asked for it, because a cluster is no single machine. */
const CHART_DEFAULTS = { SORTIE_SESSION_PROVIDER: "kubernetes", SORTIE_METRICS_PORT: "9464" };

const valuesOf = (environment: Record<string, Variable>) =>
  Object.fromEntries(Object.entries(environment).map(([name, { value }]) => [name, value]));

/** Secrets of somebody else hold something that the product takes. */
function asTheProductSeesIt(environment: Record<string, Variable>): Record<string, string> {
  const real: Record<string, string> = {
    DATABASE_URL: "postgresql://db/sortie",
    REDIS_URL: "redis://cache",
    NEXTAUTH_SECRET: "x".repeat(32),
  };
  return Object.fromEntries(
    Object.entries(environment).map(([name, { value, from }]) => [
      name,
      from === "somebody's Secret" ? (real[name] ?? value) : value,
    ]),
  );
}

describe.skipIf(!canRender)("the product's variables", () => {
  const cases = Object.entries(CASES).map(([name, values]) => {
    const manifests = renderChart(values);
    const added = (values["extraEnv"] ?? []) as { name: string }[];
    return {
      name,
      extra: added.map((variable) => variable.name),
      web: environmentOf(manifests, "web"),
      worker: environmentOf(manifests, "worker"),
    };
  });
  const least = environmentOf(renderChart(LEAST), "web");

  it("are all those that the sources name", () => {
    const sources = ["lib", "workers"]
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
          join(folder, name),
        ),
      )
      .concat("server.ts")
      .filter(
        (path) => path.endsWith(".ts") && !path.includes(".test.") && !path.includes("generated"),
      );
    const named = sources.flatMap(
      (path) =>
        readFileSync(path, "utf8").match(/(?<=\["|environment\.|env\.)SORTIE_[A-Z0-9_]+/g) ?? [],
    );
    expect(KNOWN).toEqual(expect.arrayContaining([...new Set(named)]));
  });

  it("can each be set by values to something that is not the chart's default", () => {
    for (const name of KNOWN) {
      const seen = cases.flatMap(({ web }) => web[name]?.value ?? []);
      expect(
        seen.some((value) => value !== least[name]?.value || name.includes("SECRET")),
        name,
      ).toBe(true);
    }
  });

  it("are all that is set, besides what values add by name", () => {
    for (const { name, web, worker, extra } of cases) {
      for (const variable of Object.keys({ ...web, ...worker })) {
        expect([...KNOWN, ...extra], name).toContain(variable);
      }
      for (const variable of ADMINISTRATOR.slice(1)) expect(worker).not.toHaveProperty(variable);
    }
  });

  it("are what the product accepts, in every case and in web and worker alike", () => {
    for (const { name, web, worker } of cases) {
      const config = parseConfig(asTheProductSeesIt(web));
      expect(parseConfig(asTheProductSeesIt(worker)), name).toEqual(config);
      expect(() => parseAdministrator(valuesOf(web)), name).not.toThrow();
    }
  });

  it("have the product's own defaults where values say nothing", () => {
    const { DATABASE_URL = "", NEXTAUTH_SECRET = "" } = valuesOf(least);
    const minimal = { DATABASE_URL, NEXTAUTH_SECRET, ...CHART_DEFAULTS };
    expect(parseConfig(valuesOf(least))).toEqual(parseConfig(minimal));
    expect(parseAdministrator(valuesOf(least))?.username).toBe(parseAdministrator({})?.username);
  });

  it("come from Secrets where they are secret", () => {
    const isSecret = (name: string) =>
      name === "SORTIE_ADMIN_PASSWORD" ||
      (VARIABLES as Record<string, { isSecret: boolean } | undefined>)[name]?.isSecret === true;
    for (const { web, worker } of cases) {
      for (const [name, { from }] of [...Object.entries(web), ...Object.entries(worker)]) {
        if (isSecret(name)) expect(from, name).toMatch(/Secret$/);
      }
    }
  });
});

it("the guide has a row for each of the product's variables, and for no other", () => {
  const guide = readFileSync("docs/configuration.md", "utf8");
  const rows = [...guide.matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, name = ""]) => name);
  // These two have a paragraph instead.
  for (const name of ADMINISTRATOR) expect(guide).toContain(`\`${name}\``);
  expect(rows.toSorted()).toEqual(Object.keys(VARIABLES).toSorted());
});
