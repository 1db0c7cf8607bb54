import { z } from "zod";
import { route } from "@/lib/http/route";
import { endSession } from "@/lib/sessions/end-session";
import { getSession } from "@/lib/sessions/get-session";
import { sessionToJson } from "@/lib/sessions/session-json";

const params = z.object({ id: z.uuid() });

export const GET = route(
  "GET /api/sessions/[id]",
  { params },
  async ({ services, actor, params: { id } }) =>
    Response.json(sessionToJson(await getSession(services, actor, id))),
);

export const DELETE = route(
  "DELETE /api/sessions/[id]",
  { params },
  async ({ services, actor, client, params: { id } }) => {
    await endSession(services, actor, client, id);
    return new Response(null, { status: 204 });
  },
);
