import { z } from "zod";
import { attachment } from "@/lib/http/content-disposition";
import { fileResponse } from "@/lib/http/file-response";
import { recordingRoute } from "@/lib/http/recording-route";
import { auditOpening, openRecordingFile } from "@/lib/recordings/open-recording-file";

const params = z.object({ id: z.uuid() });
/** `download=1` saves the file; without it the browser plays it. */
const query = z.object({ download: z.enum(["0", "1"]).default("0") });

const TYPE_BY_FORMAT = {
  webm: "video/webm",
  mp4: "video/mp4",
  cast: "application/x-asciicast",
} as const;

/** The recording's file, whole or in ranges. Next answers HEAD with the same handler. */
export const GET = recordingRoute(
  "GET /api/recordings/[id]/download",
  { params, query },
  async ({ request, services, actor, client, params: { id }, query: { download } }) => {
    const { recording, file, read } = await openRecordingFile(services, actor, id);
    const as = download === "1" ? "download" : "view";
    return fileResponse(request, {
      file,
      read,
      contentType: TYPE_BY_FORMAT[recording.format],
      disposition: as === "download" ? attachment(recording.filename) : "inline",
      onOpening: () => auditOpening(services, actor, client, { recordingId: id, as }),
    });
  },
);
