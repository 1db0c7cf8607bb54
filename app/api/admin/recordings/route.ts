import { filtersOf, recordingListQuery, recordingListResponse } from "@/lib/http/recording-list";
import { recordingRoute } from "@/lib/http/recording-route";
import { listRecordings } from "@/lib/recordings/list-recordings";

/** The recordings of others that one may see, newest first unless asked otherwise. */
export const GET = recordingRoute(
  "GET /api/admin/recordings",
  { query: recordingListQuery },
  async ({ request, services, actor, query }) => {
    const { limit, cursor, sort } = query;
    const input = { scope: "all", filters: filtersOf(query), limit, cursor, sort } as const;
    return recordingListResponse(request, await listRecordings(services, actor, input));
  },
);
