import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { declineAutoRecord } from "@/lib/recordings/decline-auto-record";

const params = z.object({ id: z.uuid() });

/** One's own session is not to be recorded automatically any more. */
export const POST = recordingRoute(
  "POST /api/sessions/[id]/recording/decline",
  { params },
  async ({ services, actor, client, params: { id } }) => {
    await declineAutoRecord(services, actor, client, id);
    return new Response(null, { status: 204 });
  },
);
