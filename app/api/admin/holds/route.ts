import { z } from "zod";
import { findHoldsOf } from "@/lib/holds/hold-repository";
import { holdToJson, listedHoldToJson } from "@/lib/holds/hold-json";
import { placeHoldSchema } from "@/lib/holds/hold-schema";
import { listHolds } from "@/lib/holds/list-holds";
import { placeHold } from "@/lib/holds/place-hold";
import { holdListInputOf, holdListQuery } from "@/lib/http/hold-list";
import { nextLink } from "@/lib/http/pagination";
import { recordingRoute } from "@/lib/http/recording-route";
import { getRecording } from "@/lib/recordings/get-recording";

const query = holdListQuery.extend({
  /** Only what keeps this recording now, be it through its session or user. */
  recording_id: z.uuid().optional(),
});

/** Legal holds, newest first. */
export const GET = recordingRoute(
  "GET /api/admin/holds",
  { query },
  async ({ request, services, actor, query: { recording_id: recordingId, ...asked } }) => {
    if (recordingId !== undefined) {
      const recording = await getRecording(services, actor, recordingId, "hold");
      return Response.json((await findHoldsOf(services.db, recording)).map(holdToJson));
    }
    const { holds, next } = await listHolds(services, actor, holdListInputOf(asked));
    const headers = next === null ? undefined : { link: nextLink(request, next) };
    return Response.json(holds.map(listedHoldToJson), headers === undefined ? {} : { headers });
  },
);

export const POST = recordingRoute(
  "POST /api/admin/holds",
  { body: placeHoldSchema },
  async ({ services, actor, client, body }) => {
    const hold = await placeHold(services, { actor, client }, body);
    return Response.json(holdToJson(hold), { status: 201 });
  },
);
