import { nextLink } from "@/lib/http/pagination";
import { route } from "@/lib/http/route";
import { listInputOf, sessionListQuery } from "@/lib/http/session-list";
import { launchSession } from "@/lib/sessions/launch-session";
import { listSessions } from "@/lib/sessions/list-sessions";
import { placeInLine } from "@/lib/sessions/session-line";
import { sessionToJson } from "@/lib/sessions/session-json";
import { launchSessionSchema } from "@/lib/sessions/session-schema";

/** My sessions, newest first; with `scope=all` everybody's, for administrators. */
export const GET = route("GET /api/sessions", { query: sessionListQuery }, async (input) => {
  const page = await listSessions(input.services, input.actor, listInputOf(input.query));
  const headers = new Headers();
  if (page.next !== null) headers.set("link", nextLink(input.request, page.next));
  return Response.json(
    page.sessions.map((session) => sessionToJson(session)),
    { headers },
  );
});

export const POST = route(
  "POST /api/sessions",
  { body: launchSessionSchema },
  async ({ services, actor, client, body: { app_id: appId, width, height } }) => {
    const session = await launchSession(services, actor, client, { appId, width, height });
    const queuePlace = await placeInLine(services.db, session);
    return Response.json(sessionToJson(session, { queuePlace }), {
      status: 201,
      headers: { location: `/api/sessions/${session.id}` },
    });
  },
);
