import { sessionCookie } from "@/lib/auth/session-token";
import { route } from "@/lib/http/route";
import { updateAccount } from "@/lib/users/update-account";
import { toUserItem } from "@/lib/users/user-repository";
import { updateAccountSchema } from "@/lib/users/user-schema";

export const PATCH = route(
  "PATCH /api/account",
  { body: updateAccountSchema },
  async ({ actor, client, body, services }) => {
    const { user, signInsEnded } = await updateAccount(services, { actor, client }, body);
    const response = Response.json(toUserItem(user));
    if (signInsEnded) {
      const token = { userId: user.id, sessionVersion: user.sessionVersion };
      response.headers.append("set-cookie", await sessionCookie(token, services.config));
    }
    return response;
  },
);
