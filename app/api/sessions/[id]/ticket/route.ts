import { z } from "zod";
import { gatewayUrl } from "@/lib/gateway/gateway-url";
import { ownOrigin } from "@/lib/http/origin";
import { route } from "@/lib/http/route";
import { issueTicket } from "@/lib/sessions/issue-ticket";
import type { TicketJson } from "@/lib/sessions/session-schema";
import { appOrigin, entrance } from "@/lib/web-apps/app-address";

const params = z.object({ id: z.uuid() });

export const POST = route(
  "POST /api/sessions/[id]/ticket",
  { params },
  async ({ services, request, actor, params: { id } }) => {
    const { ticket, shows } = await issueTicket(services, actor, id);
    const { config } = services;
    const common = { ticket, url: gatewayUrl(id, ticket) };
    const appUrl = (frameTicket: string) =>
      appOrigin(id, ownOrigin(request.headers, config), config) + entrance(frameTicket);
    const answer: TicketJson =
      shows.kind === "desktop"
        ? { ...common, ...shows }
        : { ...common, kind: "web", app_url: appUrl(shows.frameTicket) };
    return Response.json(answer, { status: 201, headers: { "cache-control": "no-store" } });
  },
);
