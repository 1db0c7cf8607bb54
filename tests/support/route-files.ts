import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

export type Method = (typeof METHODS)[number];
export type RouteHandler = (
  request: Request,
  context: { readonly params: Promise<Record<string, string | string[]>> },
) => Promise<Response>;

export interface AppFile {
  /** From the repository's root. */
  readonly file: string;
  /** As in the tables, such as `/api/recordings/[id]`: without the folders in parentheses. */
  readonly path: string;
  readonly source: string;
}

/** Every route handler file of the product, as Next finds them. */
export function routeFiles(): readonly AppFile[] {
  return filesNamed(/(^|\/)route\.(ts|tsx|js|mjs)$/);
}

/** Every page of the product. */
export function pageFiles(): readonly AppFile[] {
  return filesNamed(/(^|\/)page\.(ts|tsx|js|mjs)$/);
}

/** What a route file answers, by method. */
export async function handlersIn({ file }: AppFile): Promise<Map<Method, RouteHandler>> {
  const exported = (await import(join(ROOT, file))) as Partial<Record<Method, RouteHandler>>;
  return new Map(
    METHODS.flatMap((method) => {
      const handler = exported[method];
      return handler === undefined ? [] : [[method, handler] as const];
    }),
  );
}

/** The names that a file's handlers are checked under, as they are written in `route("GET /api/…", …)`. */
export function checkedNamesIn({ source }: AppFile): readonly string[] {
  return [...source.matchAll(/"((?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/[^"]*)"/g)].map(
    ([, name = ""]) => name,
  );
}

function filesNamed(pattern: RegExp): readonly AppFile[] {
  return readdirSync(join(ROOT, "app"), { recursive: true, encoding: "utf8" })
    .filter((file) => pattern.test(file))
    .toSorted()
    .map((file) => ({
      file: join("app", file),
      path: pathOf(dirname(file)),
      source: readFileSync(join(ROOT, "app", file), "utf8"),
    }));
}

function pathOf(folder: string): string {
  const segments = folder.split("/").filter((segment) => !/^(\.|\(.*\))$/.test(segment));
  return `/${segments.join("/")}`;
}
