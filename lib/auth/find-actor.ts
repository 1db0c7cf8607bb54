import type { Config } from "@/lib/config/config";
import type { DatabaseOrTransaction } from "@/lib/db/database";
import { isBearer } from "./bearer";
import type { Actor } from "./permissions";
import { readSessionToken, type SessionToken } from "./session-token";

export interface FindActorDeps {
  readonly db: DatabaseOrTransaction;
  readonly config: Pick<Config, "authSecret" | "publicUrl">;
}

/**
 * Who is asking: the user of the sign-in cookie, as the database knows them at this moment. Null for
 * a stranger, and at once for a user who was disabled or whose sign-ins were ended. One query by key.
 */
export async function findActor(
  headers: Headers,
  { db, config }: FindActorDeps,
): Promise<Actor | null> {
  if (isBearer(headers)) return null;
  const token = await readSessionToken(headers, config);
  return token === null ? null : findSignedInUser(token, db);
}

async function findSignedInUser(
  token: SessionToken,
  db: DatabaseOrTransaction,
): Promise<Actor | null> {
  const user = await db.user.findUnique({
    where: { id: token.userId, sessionVersion: token.sessionVersion, disabledAt: null },
    select: { id: true, username: true, displayName: true, role: true },
  });
  if (user === null) return null;
  const { id: userId, username, displayName, role } = user;
  return { userId, username, displayName, role };
}
