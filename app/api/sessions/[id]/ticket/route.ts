import { z } from "zod";
import { gatewayUrl } from "@/lib/gateway/gateway-url";
import { route } from "@/lib/http/route";
import { issueTicket } from "@/lib/sessions/issue-ticket";
import type { TicketJson } from "@/lib/sessions/session-schema";

const params = z.object({ id: z.uuid() });

export const POST = route(
  "POST /api/sessions/[id]/ticket",
  { params },
  async ({ services, actor, params: { id } }) => {
    const { ticket, password } = await issueTicket(services, actor, id);
    const answer: TicketJson = { ticket, url: gatewayUrl(id, ticket), password };
    return Response.json(answer, { status: 201, headers: { "cache-control": "no-store" } });
  },
);
