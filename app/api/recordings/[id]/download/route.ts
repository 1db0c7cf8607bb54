import { z } from "zod";
import { attachment } from "@/lib/http/content-disposition";
import { fileResponse } from "@/lib/http/file-response";
import { recordingRoute } from "@/lib/http/recording-route";
import { auditOpening, openRecordingFile } from "@/lib/recordings/open-recording-file";

const params = z.object({ id: z.uuid() });
/** `download=1` saves the file; without it the browser plays it. */
const query = z.object({ download: z.enum(["0", "1"]).default("0") });

/** The address opens the file for anybody: nobody else is to come by it. */
function elsewhere(location: string): Response {
  return new Response(null, {
    status: 302,
    headers: { location, "cache-control": "private, no-store" },
  });
}

const TYPE_BY_FORMAT = {
  webm: "video/webm",
  mp4: "video/mp4",
  cast: "application/x-asciicast",
} as const;

/**
 * The recording's file, whole or in ranges; or, where the storage gives it out itself, the way there.
 * Next answers HEAD with the same handler.
 */
export const GET = recordingRoute(
  "GET /api/recordings/[id]/download",
  { params, query },
  async ({ request, services, actor, client, params: { id }, query: { download } }) => {
    const as = download === "1" ? "download" : "view";
    const access = as === "download" ? "download" : "play";
    const opened = await openRecordingFile(services, actor, id, access);
    const { recording, file, read, linkTo } = opened;
    const { format, filename } = recording;
    const presentation = {
      contentType: TYPE_BY_FORMAT[format],
      disposition: as === "download" ? attachment(filename) : "inline",
    };
    const onOpening = (isBeginning: boolean) =>
      auditOpening(services, actor, client, { recordingId: id, as, isBeginning });
    // The terminal's player fetches its file from a script, which another origin would have to allow.
    const mayLeave = request.method === "GET" && (as === "download" || format !== "cast");
    const link = mayLeave ? await linkTo(presentation) : null;
    if (link === null) return fileResponse(request, { file, read, ...presentation, onOpening });
    await onOpening(true);
    return elsewhere(link);
  },
);
