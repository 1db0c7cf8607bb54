import { pageResponse } from "@/lib/http/pagination";
import { route } from "@/lib/http/route";
import { userFiltersOf, userListQuery } from "@/lib/http/user-list";
import { createUser } from "@/lib/users/create-user";
import { listUsers } from "@/lib/users/list-users";
import { toUserItem } from "@/lib/users/user-repository";
import { createUserSchema } from "@/lib/users/user-schema";

export const GET = route(
  "GET /api/admin/users",
  { query: userListQuery },
  async ({ request, query, services }) => {
    const { limit, cursor } = query;
    const page = { limit: limit + 1, after: cursor };
    const users = await listUsers(services, { ...userFiltersOf(query), ...page });
    return pageResponse(request, users, limit, toUserItem);
  },
);

export const POST = route(
  "POST /api/admin/users",
  { body: createUserSchema },
  async ({ actor, client, body, services }) => {
    const user = await createUser(services, { actor, client }, body);
    return Response.json(toUserItem(user), { status: 201 });
  },
);
