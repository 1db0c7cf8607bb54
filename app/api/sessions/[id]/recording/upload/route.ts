import { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import { recordingRoute } from "@/lib/http/recording-route";
import { readUploadForm } from "@/lib/http/upload-form";
import {
  type StoppedRecordingJson,
  uploadedRecordingSchema,
} from "@/lib/recordings/recording-schema";
import { uploadRecording } from "@/lib/recordings/upload-recording";

const params = z.object({ id: z.uuid() });

/** A whole recording in one form; works also after its session ended. */
export const POST = recordingRoute(
  "POST /api/sessions/[id]/recording/upload",
  { params },
  async ({ request, services, actor, client, params: { id } }) => {
    const form = await readUploadForm(request);
    try {
      const fields = uploadedRecordingSchema.safeParse(form.fields);
      if (!fields.success) throw badFields(fields.error);
      const status = await uploadRecording(services, actor, client, {
        sessionId: id,
        recordingId: fields.data.recording_id,
        file: form.file,
      });
      const answer: StoppedRecordingJson = { status };
      return Response.json(answer);
    } finally {
      form.discard();
    }
  },
);

function badFields({ issues }: z.ZodError): AppError {
  const field = issues[0]?.path.join(".") ?? "";
  return new AppError(
    "bad_request",
    `The form’s field “${field}” is missing or not valid. Send “recording_id” and, if you like, “duration” in seconds, both before “file”.`,
  );
}
