import type { DatabaseOrTransaction } from "@/lib/db/database";
import { findUsers, type User } from "./user-repository";

/** A page of all users, newest first, beginning after `after`. */
export async function listUsers(
  { db }: { readonly db: DatabaseOrTransaction },
  page: Parameters<typeof findUsers>[1],
): Promise<User[]> {
  return findUsers(db, page);
}
