import { z } from "zod";
import { pageQuery, pageResponse } from "@/lib/http/pagination";
import { recordingRoute } from "@/lib/http/recording-route";
import { enqueueOnce } from "@/lib/queue/enqueue-once";
import { requestRun } from "@/lib/retention/request-run";
import { runToJson } from "@/lib/retention/retention-json";
import { findRuns } from "@/lib/retention/retention-run";

/** The history of sweeps, newest first; also how far the present one is. */
export const GET = recordingRoute(
  "GET /api/admin/retention/runs",
  { query: z.object(pageQuery) },
  async ({ request, services: { db }, query: { limit, cursor } }) => {
    const runs = await findRuns(db, { limit: limit + 1, after: cursor });
    return pageResponse(request, runs, limit, runToJson);
  },
);

/** Has a worker sweep now. */
export const POST = recordingRoute(
  "POST /api/admin/retention/runs",
  {},
  async ({ services: { db, config }, actor, client }) => {
    const enqueue = (runId: string) => enqueueOnce(config, "sweep-retention", { run_id: runId });
    return Response.json(runToJson(await requestRun({ db, enqueue }, { actor, client })), {
      status: 202,
    });
  },
);
