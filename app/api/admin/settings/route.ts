import { route } from "@/lib/http/route";
import { changeSettings } from "@/lib/settings/change-settings";
import { settingsChangeSchema } from "@/lib/settings/settings-schema";
import { viewSettings } from "@/lib/settings/view-settings";

export const GET = route("GET /api/admin/settings", {}, async ({ services }) =>
  Response.json(await viewSettings(services)),
);

export const PATCH = route(
  "PATCH /api/admin/settings",
  { body: settingsChangeSchema },
  async ({ actor, client, body, services }) => {
    await changeSettings(services, { actor, client }, body);
    return Response.json(await viewSettings(services));
  },
);
