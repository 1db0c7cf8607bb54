import { readinessAnswer } from "@/lib/health/readiness-answer";
import { route } from "@/lib/http/route";

/** Says whether this process can serve now, each check in words: 200, or 503 when one fails or it is stopping. */
export const GET = route("GET /readyz", {}, async ({ services }) => {
  const { httpStatus, body } = await readinessAnswer({ ...services, queue: null });
  const headers = { "cache-control": "no-store" };
  return Response.json(body, { status: httpStatus, headers });
});
