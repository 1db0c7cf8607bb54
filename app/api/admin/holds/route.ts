import { z } from "zod";
import { reachOf } from "@/lib/auth/permissions";
import { AppError } from "@/lib/errors/app-error";
import { findHolds, findHoldsOf } from "@/lib/holds/hold-repository";
import { holdToJson } from "@/lib/holds/hold-json";
import { placeHoldSchema } from "@/lib/holds/hold-schema";
import { placeHold } from "@/lib/holds/place-hold";
import { pageQuery, pageResponse } from "@/lib/http/pagination";
import { recordingRoute } from "@/lib/http/recording-route";
import { getRecording } from "@/lib/recordings/get-recording";

const query = z.object({
  ...pageQuery,
  /** `all`: also those that were lifted. */
  state: z.enum(["in_force", "all"]).default("in_force"),
  /** Only what keeps this recording now, be it through its session or user. */
  recording_id: z.uuid().optional(),
});

/** Legal holds, newest first. */
export const GET = recordingRoute(
  "GET /api/admin/holds",
  { query },
  async ({
    request,
    services,
    actor,
    query: { state, recording_id: recordingId, limit, cursor },
  }) => {
    if (recordingId !== undefined) {
      const recording = await getRecording(services, actor, recordingId, "hold");
      return Response.json((await findHoldsOf(services.db, recording)).map(holdToJson));
    }
    const reach = reachOf(actor, "recording.hold");
    if (reach === null) throw new AppError("forbidden", "Your role does not allow this.");
    const page = { reach, inForceOnly: state === "in_force", after: cursor, limit: limit + 1 };
    return pageResponse(request, await findHolds(services.db, page), limit, holdToJson);
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
