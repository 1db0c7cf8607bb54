import { z } from "zod";
import { recordingRoute } from "@/lib/http/recording-route";
import { bodyStream } from "@/lib/http/request-body";
import {
  capabilities,
  requireOffsetStream,
  requireTusVersion,
  tusHandler,
  uploadAcknowledged,
  uploadLengthOf,
  uploadOffsetOf,
  uploadStatus,
} from "@/lib/http/tus";
import { appendToRecording } from "@/lib/recordings/append-to-recording";
import { terminateUpload } from "@/lib/recordings/delete-recording";
import { getRecording } from "@/lib/recordings/get-recording";

const params = z.object({ id: z.uuid() });

/** What this server can do. */
export const OPTIONS = tusHandler(
  recordingRoute("OPTIONS /api/recordings/[id]/upload", {}, ({ services }) =>
    Promise.resolve(capabilities(services.config.recording.maxSizeBytes)),
  ),
);

/** How much of the stream has arrived. */
export const HEAD = tusHandler(
  recordingRoute(
    "HEAD /api/recordings/[id]/upload",
    { params },
    async ({ request, services, actor, params: { id } }) => {
      requireTusVersion(request);
      return uploadStatus(await getRecording(services, actor, id, "send"));
    },
  ),
);

/** Adds the body to the stream. */
export const PATCH = tusHandler(
  recordingRoute(
    "PATCH /api/recordings/[id]/upload",
    { params },
    async ({ request, services, actor, client, params: { id } }) => {
      requireTusVersion(request);
      requireOffsetStream(request);
      const progress = await appendToRecording(services, actor, client, {
        recordingId: id,
        offset: uploadOffsetOf(request),
        uploadLength: uploadLengthOf(request),
        body: bodyStream(request),
      });
      return uploadAcknowledged(progress);
    },
  ),
);

/** Gives the upload up and frees what it took. */
export const DELETE = tusHandler(
  recordingRoute(
    "DELETE /api/recordings/[id]/upload",
    { params },
    async ({ request, services, actor, client, params: { id } }) => {
      requireTusVersion(request);
      await terminateUpload(services, actor, client, id);
      return new Response(null, { status: 204 });
    },
  ),
);
