import { z } from "zod";
import { route } from "@/lib/http/route";
import { revokeToken } from "@/lib/tokens/revoke-token";

export const DELETE = route(
  "DELETE /api/admin/tokens/[id]",
  { params: z.object({ id: z.uuid() }) },
  async ({ actor, client, params, services }) => {
    await revokeToken(services, { actor, client }, params.id);
    return new Response(null, { status: 204 });
  },
);
