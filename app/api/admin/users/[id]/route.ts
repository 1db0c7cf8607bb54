import { z } from "zod";
import { route } from "@/lib/http/route";
import { updateUser } from "@/lib/users/update-user";
import { toUserItem } from "@/lib/users/user-repository";
import { updateUserSchema } from "@/lib/users/user-schema";

export const PATCH = route(
  "PATCH /api/admin/users/[id]",
  { params: z.object({ id: z.uuid() }), body: updateUserSchema },
  async ({ actor, client, params, body, services }) => {
    const user = await updateUser(services, { actor, client }, params.id, body);
    return Response.json(toUserItem(user));
  },
);
