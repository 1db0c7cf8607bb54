import { route } from "@/lib/http/route";
import { listApps } from "@/lib/sessions/list-apps";

export const GET = route("GET /api/apps", {}, async ({ services }) =>
  Response.json(await listApps(services)),
);
