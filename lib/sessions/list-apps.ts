import type { DatabaseOrTransaction } from "@/lib/db/database";
import type { SessionProvider } from "@/lib/providers/session-provider";
import type { AppJson } from "./session-schema";

/** The catalogue: every app that is switched on, with whether it can run here now and what is missing if not. */
export async function listApps({
  db,
  provider,
}: {
  readonly db: DatabaseOrTransaction;
  readonly provider: Pick<SessionProvider, "availability">;
}): Promise<AppJson[]> {
  const apps = await db.app.findMany({
    where: { enabled: true },
    orderBy: [{ position: "asc" }, { name: "asc" }],
    select: { id: true, name: true, kind: true, description: true },
  });
  return Promise.all(
    apps.map(async (app) => {
      const found = await provider.availability(app.kind);
      const reason = found.available ? null : found.reason;
      return { ...app, available: found.available, unavailable_reason: reason };
    }),
  );
}
