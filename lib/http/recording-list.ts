import { z } from "zod";
import type { RecordingFilters } from "@/lib/recordings/recording-conditions";
import type { RecordingPage } from "@/lib/recordings/list-recordings";
import { recordingToJson } from "@/lib/recordings/recording-json";
import {
  RECORDING_FLAGS,
  RECORDING_SORTS,
  RECORDING_STATUSES,
} from "@/lib/recordings/recording-schema";
import { cursorQuery, linkTo, pageQuery } from "./pagination";
import { queryText } from "./query-text";
import { decodeRecordingCursor, encodeRecordingCursor } from "./recording-cursor";

const time = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
  .transform((text) => new Date(text));
const name = queryText(200);
const bytes = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** Which recordings a list shows. Times are ISO 8601; a bare date is its midnight in UTC. */
const filterQuery = {
  /** One status or several, separated by commas. */
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(RECORDING_STATUSES)))
    .optional(),
  app_id: name.optional(),
  cluster: name.optional(),
  session_id: z.uuid().optional(),
  user_id: z.uuid().optional(),
  /** A whole user name. */
  user: name.optional(),
  q: name.optional(),
  from: time.optional(),
  to: time.optional(),
  min_bytes: bytes.optional(),
  max_bytes: bytes.optional(),
  /** Flags that a recording must all have, separated by commas. */
  flags: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(RECORDING_FLAGS)))
    .optional(),
};

const sort = z.enum(RECORDING_SORTS).default("newest");

/** The query of both lists of recordings. */
export const recordingListQuery = z.object({
  ...filterQuery,
  limit: pageQuery.limit,
  cursor: cursorQuery(decodeRecordingCursor),
  sort,
});

/** The same without pages. */
export const recordingExportQuery = z.object({ ...filterQuery, sort });

export function filtersOf(query: z.infer<typeof recordingExportQuery>): RecordingFilters {
  const { status, cluster, flags, from, to, user: username, q: text } = query;
  const { app_id: appId, session_id: sessionId, user_id: userId } = query;
  const { min_bytes: minBytes, max_bytes: maxBytes } = query;
  const whose = { appId, sessionId, userId, username };
  return { status, cluster, flags, text, from, to, minBytes, maxBytes, ...whose };
}

/** One page as JSON, with a link to the next where there is one. */
export function recordingListResponse(request: Request, { recordings, next }: RecordingPage) {
  const headers = new Headers();
  if (next !== null) headers.set("link", linkTo(request, encodeRecordingCursor(next)));
  return Response.json(recordings.map(recordingToJson), { headers });
}
