import { z } from "zod";
import type { ListSessionsInput } from "@/lib/sessions/list-sessions";
import { SESSION_STATUSES } from "@/lib/sessions/session-schema";
import { pageQuery } from "./pagination";
import { queryText } from "./query-text";

const MAX_NAME_LENGTH = 64;

/** The query of both lists of sessions; with `scope=all` those of others too, for who may see them. */
export const sessionListQuery = z.object({
  ...pageQuery,
  scope: z.enum(["own", "all"]).default("own"),
  /** One status or several, separated by commas. */
  status: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(z.enum(SESSION_STATUSES)))
    .optional(),
  app_id: queryText(MAX_NAME_LENGTH).optional(),
  cluster: queryText(MAX_NAME_LENGTH).optional(),
  /** A piece of a user name. */
  user: queryText(MAX_NAME_LENGTH).optional(),
});

export function listInputOf(query: z.infer<typeof sessionListQuery>): ListSessionsInput {
  const { status: statuses, app_id: appId, user: username, ...page } = query;
  return { ...page, statuses, appId, username };
}
