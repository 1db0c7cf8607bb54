import { recordingRoute } from "@/lib/http/recording-route";
import { previewChange } from "@/lib/retention/change-policy";
import { previewToJson } from "@/lib/retention/retention-json";
import { retentionChangeSchema } from "@/lib/retention/retention-schema";

/** What the next sweep would delete if the policy were changed so. Changes nothing. */
export const POST = recordingRoute(
  "POST /api/admin/retention/preview",
  { body: retentionChangeSchema },
  async ({ services: { db, store, config }, body }) => {
    const deps = { db, backend: store.backend, defaultDays: config.recording.retentionDays };
    return Response.json(previewToJson(await previewChange(deps, body)));
  },
);
