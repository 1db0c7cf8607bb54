import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { deleteRecording } from "@/lib/recordings/delete-recording";
import { describeRecording } from "@/lib/recordings/describe-recording";
import { getRecording } from "@/lib/recordings/get-recording";
import { recordingToJson } from "@/lib/recordings/recording-json";
import { describeRecordingSchema } from "@/lib/recordings/recording-schema";

const params = z.object({ id: z.uuid() });

export const GET = recordingRoute(
  "GET /api/recordings/[id]",
  { params },
  async ({ services, actor, params: { id } }) =>
    Response.json(recordingToJson(await getRecording(services, actor, id))),
);

export const PATCH = recordingRoute(
  "PATCH /api/recordings/[id]",
  { params, body: describeRecordingSchema },
  async ({ services, actor, client, params: { id }, body: { description } }) => {
    const input = { recordingId: id, description };
    return Response.json(recordingToJson(await describeRecording(services, actor, client, input)));
  },
);

export const DELETE = recordingRoute(
  "DELETE /api/recordings/[id]",
  { params },
  async ({ services, actor, client, params: { id } }) => {
    await deleteRecording(services, actor, client, id);
    return new Response(null, { status: 204 });
  },
);
