import { readFileSync } from "node:fs";
import { ConfigError } from "@/lib/config/environment";
import type { SessionConfig } from "@/lib/config/session-config";
import type { AppSpec } from "@/lib/providers/session-provider";
import { type AppEntry, type AppLimitsEntry, appsFileSchema } from "./app-catalogue-schema";

export type CatalogueApp = AppSpec & {
  /** Kept for good: sessions refer to it. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
};

/** The apps that this product offers, in the order they are shown; ids are unique. */
export type AppCatalogue = readonly CatalogueApp[];

type CatalogueConfig = Pick<SessionConfig, "appsFile" | "desktopImage"> & {
  /** Of desktop apps that name an image and say nothing of a display; a setting of `kubernetes` alone. */
  readonly displayImage?: string | undefined;
};

const MEBIBYTE = 1024 * 1024;
const DEFAULT_LIMITS = { cpus: 1, memory_mb: 1024 } as const;

const BUILT_IN_APPS: readonly AppEntry[] = [
  {
    id: "desktop",
    name: "Desktop",
    kind: "desktop",
    description: "A small Linux desktop with a terminal. It is empty at each start.",
  },
];

/**
 * The operator's catalogue, or the built-in one where there is none. Read once, at start.
 * @throws ConfigError naming the file, the place in it and what is wrong there
 */
export function loadAppCatalogue(config: CatalogueConfig): AppCatalogue {
  const entries = config.appsFile === undefined ? BUILT_IN_APPS : readAppsFile(config.appsFile);
  return entries.map((entry) => toApp(entry, config));
}

/** Limits of apps that the provider cannot keep, as sentences for whoever starts the product. */
export function unkeptLimits(
  apps: AppCatalogue,
  provider: SessionConfig["provider"],
): readonly string[] {
  const limited = apps.filter(({ limits }) => limits.pids !== undefined).map(({ id }) => id);
  if (provider !== "kubernetes" || limited.length === 0) return [];
  return [
    `The limit "pids" of ${limited.join(", ")} has no effect: a pod has no limit of processes. Set podPidsLimit in the configuration of the kubelets instead.`,
  ];
}

function readAppsFile(path: string): readonly AppEntry[] {
  const parsed = appsFileSchema.safeParse(parseJson(path, readText(path)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = (issue?.path ?? []).map((part) =>
    typeof part === "number" ? `[${part}]` : `.${String(part)}`,
  );
  throw wrongFile(path, `${place.join("") || "it"} is wrong: ${issue?.message ?? "unknown"}`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw wrongFile(path, `it cannot be read: ${messageOf(error)}`);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw wrongFile(path, `it is not JSON: ${messageOf(error)}`);
  }
}

function wrongFile(path: string, complaint: string): ConfigError {
  const line = complaint.replaceAll(/\s+/g, " ");
  return new ConfigError(`SORTIE_APPS_FILE is ${JSON.stringify(path)}, but ${line}.`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toApp(entry: AppEntry, config: CatalogueConfig): CatalogueApp {
  const { id, name, description, command, environment = {}, read_only_root = true } = entry;
  const limits = toLimits(entry.limits);
  const container = { command, environment, limits, readOnlyRoot: read_only_root };
  const common = { id, name, description, image: entry.image, ...container };
  if (entry.kind === "web") return { ...common, kind: "web", port: entry.port };
  if (entry.kind === "terminal") return { ...common, kind: "terminal" };
  const image = entry.image ?? config.desktopImage;
  // The product's own desktops bring their VNC server.
  const byDefault = entry.image === undefined ? undefined : config.displayImage;
  const displayImage = entry.display_image ?? byDefault;
  return {
    ...{ ...common, kind: "desktop", image },
    displayImage: displayImage === false ? undefined : displayImage,
  };
}

function toLimits(entry: AppLimitsEntry = {}): CatalogueApp["limits"] {
  const { cpus, memory_mb, pids } = { ...DEFAULT_LIMITS, ...entry };
  return { cpus, memoryBytes: memory_mb * MEBIBYTE, pids };
}
