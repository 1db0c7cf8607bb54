import { checkReadiness } from "@/lib/health/check-readiness";
import { route } from "@/lib/http/route";

/** Says whether this process can serve now, each check in words: 200, or 503 when one fails. */
export const GET = route("GET /readyz", {}, async ({ services }) => {
  const { ready, checks } = await checkReadiness(services);
  return Response.json(
    { status: ready ? "ready" : "not_ready", checks },
    { status: ready ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
});
