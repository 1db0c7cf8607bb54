import { route } from "@/lib/http/route";
import { createToken } from "@/lib/tokens/create-token";
import { listTokens } from "@/lib/tokens/list-tokens";
import { toTokenItem } from "@/lib/tokens/token-repository";
import { createTokenSchema } from "@/lib/tokens/token-schema";

/** My tokens, the newest first. */
export const GET = route("GET /api/account/tokens", {}, async ({ actor, services }) =>
  Response.json((await listTokens(services, actor, actor.userId)).map(toTokenItem)),
);

/** Makes one; the answer is the only place where the token itself stands. */
export const POST = route(
  "POST /api/account/tokens",
  { body: createTokenSchema },
  async ({ actor, client, body, services }) => {
    const { token, secret } = await createToken(services, { actor, client }, body);
    return Response.json({ ...toTokenItem(token), token: secret }, { status: 201 });
  },
);
