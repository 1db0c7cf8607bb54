import { recordingRoute } from "@/lib/http/recording-route";
import { changePolicy } from "@/lib/retention/change-policy";
import { saveRetentionSchema } from "@/lib/retention/retention-schema";
import { viewRetention } from "@/lib/retention/view-retention";

/** The policy, and the last runs of the sweep. */
export const GET = recordingRoute("GET /api/admin/retention", {}, async ({ services }) =>
  Response.json(await viewRetention(services)),
);

export const PATCH = recordingRoute(
  "PATCH /api/admin/retention",
  { body: saveRetentionSchema },
  async ({ services, actor, client, body: { confirmed_count: confirmedCount, ...change } }) => {
    const { db, now, store, config } = services;
    const deps = { db, now, backend: store.backend, defaultDays: config.recording.retentionDays };
    await changePolicy(deps, { actor, client }, change, confirmedCount);
    return Response.json(await viewRetention(services));
  },
);
