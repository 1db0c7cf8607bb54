import type { DatabaseOrTransaction } from "@/lib/db/database";
import { findUsers, type User, type UserQuery } from "./user-repository";

/** A page of the users that the filters let through, newest first, beginning after `after`. */
export async function listUsers(
  { db }: { readonly db: DatabaseOrTransaction },
  query: UserQuery,
): Promise<User[]> {
  return findUsers(db, query);
}
