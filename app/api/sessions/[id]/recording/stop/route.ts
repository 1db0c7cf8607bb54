import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { type StoppedRecordingJson, stopRecordingSchema } from "@/lib/recordings/recording-schema";
import { stopRecording } from "@/lib/recordings/stop-recording";

const params = z.object({ id: z.uuid() });

export const POST = recordingRoute(
  "POST /api/sessions/[id]/recording/stop",
  { params, body: stopRecordingSchema },
  async ({ services, actor, client, params: { id }, body }) => {
    const status = await stopRecording(services, actor, client, {
      sessionId: id,
      recordingId: body.recording_id,
      uploadLength: body.upload_length,
      description: body.description,
    });
    const answer: StoppedRecordingJson = { status };
    return Response.json(answer);
  },
);
