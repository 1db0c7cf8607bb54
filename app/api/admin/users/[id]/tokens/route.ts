import { z } from "zod";
import { route } from "@/lib/http/route";
import { listTokens } from "@/lib/tokens/list-tokens";
import { toTokenItem } from "@/lib/tokens/token-repository";

/** A user's tokens, the newest first. */
export const GET = route(
  "GET /api/admin/users/[id]/tokens",
  { params: z.object({ id: z.uuid() }) },
  async ({ actor, params, services }) =>
    Response.json((await listTokens(services, actor, params.id)).map(toTokenItem)),
);
