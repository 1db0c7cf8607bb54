import { z } from "zod";
import { AppError } from "@/lib/errors/app-error";
import { fileResponse } from "@/lib/http/file-response";
import { recordingRoute } from "@/lib/http/recording-route";
import { smallBody } from "@/lib/http/request-body";
import { openPoster, putPoster } from "@/lib/recordings/poster";
import { MAX_POSTER_BYTES, POSTER_TYPE } from "@/lib/recordings/recording-schema";

const params = z.object({ id: z.uuid() });

export const GET = recordingRoute(
  "GET /api/recordings/[id]/poster",
  { params },
  async ({ request, services, actor, params: { id } }) => {
    const { file, read } = await openPoster(services, actor, id);
    return fileResponse(request, { file, read, contentType: POSTER_TYPE, disposition: "inline" });
  },
);

export const PUT = recordingRoute(
  "PUT /api/recordings/[id]/poster",
  { params },
  async ({ request, services, actor, params: { id } }) => {
    if (request.headers.get("content-type") !== POSTER_TYPE) {
      throw new AppError("unsupported_media_type", `Send the poster as ${POSTER_TYPE}.`);
    }
    await putPoster(services, actor, id, await smallBody(request, MAX_POSTER_BYTES));
    return new Response(null, { status: 204 });
  },
);
