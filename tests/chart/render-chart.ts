import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { requireCommand } from "@/tests/support/requirements";

/** A Kubernetes object as YAML has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

export type Values = Readonly<Record<string, unknown>>;

export const RELEASE = { name: "demo", namespace: "recordings" } as const;

const CHART = "helm";
const RENDERER = "tests/chart/renderer";

/** Whether this machine can render the chart. In CI it must. */
export const canRender = findOptional("helm") !== null || requireCommand("go") !== null;
/** `lookup` and NOTES.txt need a cluster, or our own renderer. */
export const canLookUp = requireCommand("go") !== null;

/**
 * The chart's manifests with these values: by `helm template` where there is helm, else by the same engine.
 * @throws Error with what Helm says when it refuses
 */
export function renderChart(values: Values): Manifest[] {
  return manifestsIn(
    findOptional("helm") === null ? renderOurselves({ values }) : renderByHelm(values),
  );
}

/** The manifests of an upgrade in a cluster that has these objects. */
export function renderUpgrade(values: Values, existing: readonly Manifest[]): Manifest[] {
  return manifestsIn(renderOurselves({ values, existing, isUpgrade: true }));
}

/** What Helm prints after an installation. */
export function renderNotes(values: Values): string {
  return renderOurselves({ values, notes: true });
}

function manifestsIn(text: string): Manifest[] {
  // As Kubernetes reads it: YAML 1.1, in which 0640 is octal and `yes` is true.
  return parseAllDocuments(text, { version: "1.1", uniqueKeys: true }).map((document) => {
    if (document.errors.length > 0) throw new Error(document.errors.join("\n"));
    return document.toJS() as Manifest;
  });
}

interface Job {
  readonly values: Values;
  readonly existing?: readonly Manifest[];
  readonly isUpgrade?: boolean;
  readonly notes?: boolean;
}

function renderOurselves(job: Job): string {
  const release = { chart: CHART, release: RELEASE.name, namespace: RELEASE.namespace };
  return runQuietly(buildRenderer(), [], JSON.stringify({ ...release, ...job }));
}

function renderByHelm(values: Values): string {
  const file = join(mkdtempSync(join(tmpdir(), "sortie-values-")), "values.json");
  writeFileSync(file, JSON.stringify(values));
  const options = ["--namespace", RELEASE.namespace, "--values", file];
  return runQuietly("helm", ["template", RELEASE.name, CHART, ...options], "");
}

function runQuietly(program: string, options: readonly string[], input: string): string {
  try {
    return execFileSync(program, options, { input, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(stderr ?? String(error), { cause: error });
  }
}

/** The renderer's program: built once for each state of its sources, of packages that Debian has. */
function buildRenderer(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(RENDERER).sort()) hash.update(readFileSync(join(RENDERER, name)));
  const program = join(tmpdir(), `sortie-chart-renderer-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  const built = join(mkdtempSync(join(tmpdir(), "sortie-renderer-")), "renderer");
  const environment = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "" };
  execFileSync("go", ["build", "-o", built, "."], {
    cwd: RENDERER,
    env: { ...process.env, ...environment },
    stdio: "pipe",
  });
  renameSync(built, program);
  return program;
}

function findOptional(name: string): string | null {
  const folders = (process.env["PATH"] ?? "").split(":");
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}
