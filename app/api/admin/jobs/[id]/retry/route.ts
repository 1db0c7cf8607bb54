import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { retryJob } from "@/lib/operations/retry-job";

/** The queue's own ids: of scheduled jobs `repeat:<name>:<time>`. */
const params = z.object({ id: z.string().min(1).max(200) });

export const POST = recordingRoute(
  "POST /api/admin/jobs/[id]/retry",
  { params },
  async ({ services, actor, client, params: { id } }) => {
    await retryJob(services, { actor, client }, id);
    return new Response(null, { status: 204 });
  },
);
