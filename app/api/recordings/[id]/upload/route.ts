import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { bodyStream } from "@/lib/http/request-body";
import {
  capabilities,
  refusePlainPost,
  requireOffsetStream,
  requireTusVersion,
  uploadAcknowledged,
  uploadHandlers,
  uploadLengthOf,
  uploadOffsetOf,
  uploadStatus,
} from "@/lib/http/tus";
import { appendToRecording } from "@/lib/recordings/append-to-recording";
import { terminateUpload } from "@/lib/recordings/delete-recording";
import { ROOM_HEADER } from "@/lib/recordings/room-level";
import { getRecording, getUpload } from "@/lib/recordings/get-recording";

const params = z.object({ id: z.uuid() });

/** Takes a recording's stream as tus 1.0.0: what has arrived, more of it, or giving it up. */
export const { OPTIONS, HEAD, PATCH, DELETE, POST } = uploadHandlers({
  /** What this server can do. */
  OPTIONS: recordingRoute("OPTIONS /api/recordings/[id]/upload", {}, ({ services }) =>
    Promise.resolve(capabilities(services.config.recording.maxSizeBytes)),
  ),

  /** How much of the stream has arrived. */
  HEAD: recordingRoute(
    "HEAD /api/recordings/[id]/upload",
    { params },
    async ({ request, services, actor, params: { id } }) => {
      requireTusVersion(request);
      return uploadStatus(await getUpload(services, actor, id));
    },
  ),

  /** Adds the body to the stream. */
  PATCH: recordingRoute(
    "PATCH /api/recordings/[id]/upload",
    { params, trustsRecentActor: true },
    async ({ request, services, actor, client, params: { id } }) => {
      requireTusVersion(request);
      requireOffsetStream(request);
      const progress = await appendToRecording(services, actor, client, {
        recordingId: id,
        offset: uploadOffsetOf(request),
        uploadLength: uploadLengthOf(request),
        body: bodyStream(request),
      });
      return uploadAcknowledged(
        progress,
        progress.room === "enough" ? {} : { [ROOM_HEADER]: progress.room },
      );
    },
  ),

  /** Gives the upload up and frees what it took. */
  DELETE: recordingRoute(
    "DELETE /api/recordings/[id]/upload",
    { params },
    async ({ request, services, actor, client, params: { id } }) => {
      requireTusVersion(request);
      await terminateUpload(services, actor, client, id);
      return new Response(null, { status: 204 });
    },
  ),

  /** For clients that can send no other method. */
  POST: recordingRoute(
    "POST /api/recordings/[id]/upload",
    { params },
    async ({ services, actor, params: { id } }) => {
      await getRecording(services, actor, id, "send");
      return refusePlainPost();
    },
  ),
});
