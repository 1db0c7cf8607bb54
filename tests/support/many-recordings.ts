import { runSql } from "./test-postgres";

export interface ManyRecordings {
  readonly recordings: number;
  readonly users: number;
}

/**
 * Fills a migrated, empty database: recordings half a minute apart, five to a session, users of whom the first
 * have far more than the last. One in a hundred failed, one in fifty is interrupted; the app `retired` made the
 * first fiftieth and none since; one session in forty ran in the cluster `east`, and none since the first
 * fiftieth in `former`; one description says `needle`, one in a hundred `percent`.
 */
export async function insertManyRecordings(
  url: string,
  { recordings, users }: ManyRecordings,
): Promise<void> {
  const sessions = Math.ceil(recordings / 5);
  await runSql(
    url,
    // VACUUM marks pages as visible to all only when the log of what wrote them is on disk.
    "SET synchronous_commit = on",
    "SET maintenance_work_mem = '512MB'",
    `INSERT INTO apps (id, name, kind, description) VALUES ('desktop', 'Desktop', 'desktop', ''),
       ('browser', 'Browser', 'desktop', ''), ('editor', 'Editor', 'desktop', ''),
       ('retired', 'Retired', 'desktop', '') ON CONFLICT DO NOTHING`,
    `INSERT INTO users (username, display_name, password_hash, created_at)
     SELECT 'person' || lpad(n::text, 4, '0'), 'Person ' || n, '-', now() - n * interval '1 hour'
       FROM generate_series(1, ${users}) n`,
    `CREATE TEMP TABLE person AS SELECT id, row_number() OVER (ORDER BY username) AS n FROM users WHERE username LIKE 'person%'`,
    `INSERT INTO sessions (app_id, cluster, user_id, status, close_reason, provider, created_at, started_at, ended_at)
     SELECT CASE WHEN i <= ${sessions} / 50 THEN 'retired' WHEN i % 10 < 7 THEN 'desktop'
                 WHEN i % 10 < 9 THEN 'browser' ELSE 'editor' END,
            CASE WHEN i % 40 = 0 THEN 'east' WHEN i <= ${sessions} / 50 THEN 'former' ELSE 'default' END,
            person.id, 'ended', 'user', 'local', made, made, made + interval '1 hour'
       FROM (SELECT i, now() - (${sessions} - i) * interval '150 seconds' AS made,
                    1 + floor(${users} * power(((i::bigint * 7919) % ${sessions}) / ${sessions}.0, 2))::int AS n
               FROM generate_series(1, ${sessions}) i) s
       JOIN person USING (n)`,
    `CREATE TEMP TABLE made_session AS
     SELECT sessions.id, user_id, username, app_id, cluster, row_number() OVER (ORDER BY sessions.created_at) AS n
       FROM sessions JOIN users ON users.id = user_id`,
    "ANALYZE made_session",
    // Made at the end, and filled in by the insert: both are many times as quick.
    TAKE_INDEXES,
    "ALTER TABLE recordings DISABLE TRIGGER USER",
    INSERT_RECORDINGS.replaceAll("$1", String(recordings)),
    "ALTER TABLE recordings ENABLE TRIGGER USER",
    PUT_INDEXES_BACK,
    // What autovacuum does while recordings come one by one.
    "VACUUM (ANALYZE) recordings",
    "VACUUM (ANALYZE) users",
    "VACUUM (ANALYZE) sessions",
  );
}

/** All but those that keep values unique. */
const TAKE_INDEXES = `
  CREATE TEMP TABLE taken_index AS
  SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index WHERE indrelid = 'recordings'::regclass AND NOT indisunique;
  DO $$ DECLARE taken text; BEGIN
    FOR taken IN SELECT name FROM taken_index LOOP EXECUTE 'DROP INDEX ' || taken; END LOOP;
  END $$`;

const PUT_INDEXES_BACK = `
  DO $$ DECLARE taken text; BEGIN
    FOR taken IN SELECT definition FROM taken_index LOOP EXECUTE taken; END LOOP;
  END $$`;

const INSERT_RECORDINGS = `
  INSERT INTO recordings (session_id, user_id, app_id, cluster, username, status, filename, description,
                          storage_backend, storage_key, size_bytes, duration_ms, truncated, interrupted, recovered, fail_reason,
                          created_at, last_append_at, stopped_at, completed_at)
  SELECT s.id, s.user_id, s.app_id, s.cluster, s.username,
         (CASE WHEN h % 100 = 0 THEN 'failed' ELSE 'ready' END)::"RecordingStatus",
         s.app_id || '-' || to_char(made, 'YYYYMMDD-HH24MISS') || '.webm',
         CASE WHEN h % 3 = 0 THEN '' ELSE
           (ARRAY['weekly report', 'ticket', 'incident review', 'deploy', 'onboarding', 'audit', 'demo', 'bug'])[1 + h % 8]
           || ' ' || i END
         || CASE WHEN h % 100 = 7 THEN ' percent' ELSE '' END || CASE WHEN i = 777 THEN ' needle' ELSE '' END,
         'local', 'many/' || i, 1 + (h::bigint * 1009) % 524288000,
         CASE WHEN h % 100 = 0 THEN NULL ELSE (h::bigint * 7) % 7200000 END,
         h % 500 = 1, h % 50 = 2, h % 200 = 3, CASE WHEN h % 100 = 0 THEN 'nothing_captured' END,
         made, made, made, made
    FROM (SELECT i, hashint4(i) & 1073741823 AS h, now() - ($1 - i) * interval '30 seconds' AS made
            FROM generate_series(1, $1) i) r
    JOIN made_session s ON s.n = (i - 1) / 5 + 1
   ORDER BY i`;
