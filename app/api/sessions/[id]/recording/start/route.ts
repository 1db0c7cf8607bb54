import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { announcedLengthOf, tusHandler } from "@/lib/http/tus";
import { type StartedRecordingJson, startRecordingSchema } from "@/lib/recordings/recording-schema";
import { startRecording } from "@/lib/recordings/start-recording";

const params = z.object({ id: z.uuid() });

/** Begins a recording. Also where a tus client makes its upload (tus 1.0.0, creation). */
export const POST = tusHandler(
  recordingRoute(
    "POST /api/sessions/[id]/recording/start",
    { params, body: startRecordingSchema },
    async ({ request, services, actor, client, params: { id }, body }) => {
      const uploadLength = announcedLengthOf(request, services.config.recording.maxSizeBytes);
      const input = { sessionId: id, ...body, uploadLength };
      const { recordingId } = await startRecording(services, actor, client, input);
      const uploadUrl = `/api/recordings/${recordingId}/upload`;
      const answer: StartedRecordingJson = {
        recording_id: recordingId,
        status: "recording",
        upload_url: uploadUrl,
      };
      return Response.json(answer, { status: 201, headers: { location: uploadUrl } });
    },
  ),
);
