import { csvResponse } from "@/lib/http/csv";
import { RECORDING_CSV } from "@/lib/http/recording-csv";
import { filtersOf, recordingExportQuery } from "@/lib/http/recording-list";
import { recordingRoute } from "@/lib/http/recording-route";
import { exportRecordings } from "@/lib/recordings/export-recordings";

/** All recordings that the list shows with the same filters, as CSV. */
export const GET = recordingRoute(
  "GET /api/admin/recordings/export",
  { query: recordingExportQuery },
  async ({ request, services, actor, client, query }) => {
    const input = { filters: filtersOf(query), sort: query.sort };
    const asked = new URL(request.url).searchParams.toString();
    const batches = exportRecordings(services, actor, client, { ...input, asked });
    return csvResponse({ filename: "recordings.csv", columns: RECORDING_CSV, batches });
  },
);
