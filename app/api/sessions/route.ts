import { z } from "zod";
import { nextLink, pageQuery } from "@/lib/http/pagination";
import { route } from "@/lib/http/route";
import { launchSession } from "@/lib/sessions/launch-session";
import { listSessions } from "@/lib/sessions/list-sessions";
import { sessionToJson } from "@/lib/sessions/session-json";
import { launchSessionSchema, SESSION_STATUSES } from "@/lib/sessions/session-schema";

const query = z.object({
  ...pageQuery,
  scope: z.enum(["own", "all"]).default("own"),
  /** One status or several, separated by commas. */
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(SESSION_STATUSES)))
    .optional(),
});

/** My sessions, newest first; with `scope=all` everybody's, for administrators. */
export const GET = route("GET /api/sessions", { query }, async (input) => {
  const { scope, status: statuses, limit, cursor } = input.query;
  const page = await listSessions(input.services, input.actor, { scope, statuses, limit, cursor });
  const headers = new Headers();
  if (page.next !== null) headers.set("link", nextLink(input.request, page.next));
  return Response.json(page.sessions.map(sessionToJson), { headers });
});

export const POST = route(
  "POST /api/sessions",
  { body: launchSessionSchema },
  async ({ services, actor, client, body: { app_id: appId, width, height } }) => {
    const session = await launchSession(services, actor, client, { appId, width, height });
    return Response.json(sessionToJson(session), {
      status: 201,
      headers: { location: `/api/sessions/${session.id}` },
    });
  },
);
