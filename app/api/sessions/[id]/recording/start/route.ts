import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { type StartedRecordingJson, startRecordingSchema } from "@/lib/recordings/recording-schema";
import { startRecording } from "@/lib/recordings/start-recording";

const params = z.object({ id: z.uuid() });

export const POST = recordingRoute(
  "POST /api/sessions/[id]/recording/start",
  { params, body: startRecordingSchema },
  async ({ services, actor, client, params: { id }, body: { description } }) => {
    const input = { sessionId: id, description };
    const { recordingId } = await startRecording(services, actor, client, input);
    const uploadUrl = `/api/recordings/${recordingId}/upload`;
    const answer: StartedRecordingJson = {
      recording_id: recordingId,
      status: "recording",
      upload_url: uploadUrl,
    };
    return Response.json(answer, { status: 201, headers: { location: uploadUrl } });
  },
);
