import type { Database } from "@/lib/db/database";

/**
 * Adds `count` made-up events of a year, a second and a bit apart in the order of their ids: of 1,000 people,
 * nearly all of them starts and views, and a user created by the first hundredth of them.
 */
export async function insertAuditEvents(db: Database, count: number): Promise<void> {
  await db.$executeRaw`
    INSERT INTO "audit_events" ("at", "actor_name", "action", "target_type", "target_id", "ip", "detail")
    SELECT now() - (${count}::int - n) * interval '31 seconds',
           'person' || abs(hashint4(n)) % 1000,
           CASE WHEN n <= ${count}::int / 100 THEN 'user.create'
                ELSE (ARRAY['recording.start', 'recording.view', 'recording.stop', 'session.start'])[1 + n % 4] END,
           'recording',
           md5((n / 10)::text)::uuid::text,
           '10.0.' || n % 250 || '.' || n % 199,
           jsonb_build_object('size_bytes', n)
      FROM generate_series(1, ${count}::int) AS n`;
  await db.$executeRaw`ANALYZE "audit_events"`;
  // Bitmap heads of the text index, and what an index alone may answer, are settled by a vacuum.
  await db.$executeRawUnsafe(`VACUUM "audit_events"`);
}
