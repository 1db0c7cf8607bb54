import { ACCESS_BY_PAGE, ACCESS_BY_ROUTE } from "@/lib/auth/route-permissions";

interface Pattern {
  readonly name: string;
  readonly matches: RegExp;
}

/** What no pattern fits: few names, however many addresses strangers try. */
const OTHER = "other";
const API_LEFTOVERS = "/api/[[...path]]";

const PATTERNS: readonly Pattern[] = patterns();

/**
 * The pattern of the route or page at an address, such as `/api/recordings/[id]`; for logs and metrics, whose
 * size must not depend on what people ask for. `url` as in the request line.
 */
export function routePattern(url: string): string {
  const path = url.split(/[?#]/, 1)[0] ?? "";
  if (path.startsWith("/_next/")) return "/_next/*";
  const found = PATTERNS.find(({ matches }) => matches.test(path))?.name;
  return found ?? (path.startsWith("/api/") ? API_LEFTOVERS : OTHER);
}

/** Those without a parameter first: they are the narrower ones. */
function patterns(): Pattern[] {
  const routes = Object.keys(ACCESS_BY_ROUTE).map((name) => name.split(" ")[1] ?? "");
  const names = [...new Set([...routes, ...Object.keys(ACCESS_BY_PAGE)])];
  return names
    .filter((name) => name !== API_LEFTOVERS)
    .sort((one, other) => Number(one.includes("[")) - Number(other.includes("[")))
    .map((name) => ({ name, matches: expressionOf(name) }));
}

function expressionOf(name: string): RegExp {
  const body = name
    .replaceAll(/\[\.\.\.\w+\]/g, ".+")
    .replaceAll(/\[\w+\]/g, "[^/]+")
    .replaceAll("/", "\\/");
  return new RegExp(`^${body}\\/?$`);
}
