import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { getRecording } from "@/lib/recordings/get-recording";
import { recordingToJson } from "@/lib/recordings/recording-json";
import { sealAgain } from "@/lib/recordings/seal-again";

const params = z.object({ id: z.uuid() });

/** Tries once more to finish a recording that failed; answers with how it stands then. */
export const POST = recordingRoute(
  "POST /api/recordings/[id]/seal",
  { params },
  async ({ services, actor, client, params: { id } }) => {
    await sealAgain(services, actor, client, id);
    return Response.json(recordingToJson(await getRecording(services, actor, id)));
  },
);
