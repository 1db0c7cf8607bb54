import { z } from "zod";
import { route } from "@/lib/http/route";
import { endSession } from "@/lib/sessions/end-session";
import { getSession } from "@/lib/sessions/get-session";
import { keepPlace, placeInLine } from "@/lib/sessions/session-line";
import { sessionToJson } from "@/lib/sessions/session-json";

const params = z.object({ id: z.uuid() });

export const GET = route(
  "GET /api/sessions/[id]",
  { params },
  async ({ services, actor, params: { id } }) => {
    const session = await getSession(services, actor, id);
    const queuePlace = await placeInLine(services.db, session);
    // Only whoever waits for it, and asks: a place that nobody waits at is given up.
    if (actor.userId === session.userId) await keepPlace(services.db, session, services.now());
    return Response.json(sessionToJson(session, { queuePlace }));
  },
);

export const DELETE = route(
  "DELETE /api/sessions/[id]",
  { params },
  async ({ services, actor, client, params: { id } }) => {
    await endSession(services, actor, client, id);
    return new Response(null, { status: 204 });
  },
);
