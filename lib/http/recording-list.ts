import { z } from "zod";
import type { RecordingFilters, RecordingPage } from "@/lib/recordings/list-recordings";
import { recordingToJson } from "@/lib/recordings/recording-json";
import { RECORDING_STATUSES } from "@/lib/recordings/recording-schema";
import { nextLink, pageQuery } from "./pagination";

const time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => new Date(text));

/** The query of both lists of recordings. Times are ISO 8601; a bare date is its midnight in UTC. */
export const recordingListQuery = z.object({
  ...pageQuery,
  sort: z.enum(["newest", "oldest"]).default("newest"),
  /** One status or several, separated by commas. */
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(RECORDING_STATUSES)))
    .optional(),
  app_id: z.string().optional(),
  session_id: z.uuid().optional(),
  user_id: z.uuid().optional(),
  q: z.string().max(200).optional(),
  from: time.optional(),
  to: time.optional(),
});
type ListQuery = z.infer<typeof recordingListQuery>;

export function filtersOf(query: ListQuery): RecordingFilters {
  const {
    status,
    app_id: appId,
    session_id: sessionId,
    user_id: userId,
    q: text,
    from,
    to,
  } = query;
  return { status, appId, sessionId, userId, text, from, to };
}

/** One page as JSON, with a link to the next where there is one. */
export function recordingListResponse(request: Request, { recordings, next }: RecordingPage) {
  const headers = new Headers();
  if (next !== null) headers.set("link", nextLink(request, next));
  return Response.json(recordings.map(recordingToJson), { headers });
}
