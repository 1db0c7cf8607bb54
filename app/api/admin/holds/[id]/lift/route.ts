import { z } from "zod";
import { holdToJson } from "@/lib/holds/hold-json";
import { liftHoldSchema } from "@/lib/holds/hold-schema";
import { liftHold } from "@/lib/holds/place-hold";
import { recordingRoute } from "@/lib/http/recording-route";

const params = z.object({ id: z.uuid() });

export const POST = recordingRoute(
  "POST /api/admin/holds/[id]/lift",
  { params, body: liftHoldSchema },
  async ({ services, actor, client, params: { id }, body: { reason = null } }) =>
    Response.json(holdToJson(await liftHold(services, { actor, client }, id, reason))),
);
