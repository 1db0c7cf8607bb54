import { route } from "@/lib/http/route";

/** Says that the process is alive; looks at nothing else, so that a lost database restarts nobody. */
export const GET = route("GET /healthz", {}, () =>
  Promise.resolve(Response.json({ status: "alive" }, { headers: { "cache-control": "no-store" } })),
);
