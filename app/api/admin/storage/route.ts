import { recordingRoute } from "@/lib/http/recording-route";
import { viewStorage } from "@/lib/operations/view-storage";

export const GET = recordingRoute("GET /api/admin/storage", {}, async ({ services }) => {
  return Response.json(await viewStorage(services));
});
