-- What lists search in. Shipped with PostgreSQL, and any owner of a database may add it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- AlterTable
-- Copies that never change, so that lists of recordings read no other table to filter and to sort.
ALTER TABLE "recordings"
  ADD COLUMN "app_id" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "username" TEXT NOT NULL DEFAULT '',
  -- Zero until it is final: bytes that arrive then change nothing that is indexed, and no index with them.
  ADD COLUMN "sort_size_bytes" BIGINT NOT NULL
    GENERATED ALWAYS AS (CASE WHEN "status" IN ('ready', 'failed') THEN "size_bytes" ELSE 0 END) STORED,
  ADD COLUMN "sort_duration_ms" BIGINT NOT NULL GENERATED ALWAYS AS (coalesce("duration_ms", 0)) STORED,
  ADD COLUMN "search_text" TEXT NOT NULL
    GENERATED ALWAYS AS (lower(' ' || "filename" || ' ' || "description")) STORED;

UPDATE "recordings" SET
  "app_id" = (SELECT "app_id" FROM "sessions" WHERE "sessions"."id" = "session_id"),
  "username" = (SELECT "username" FROM "users" WHERE "users"."id" = "user_id");

CREATE FUNCTION "take_app_and_username"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Empty where there is none: then the foreign key says so.
  NEW."app_id" := coalesce((SELECT "app_id" FROM "sessions" WHERE "id" = NEW."session_id"), '');
  NEW."username" := coalesce((SELECT "username" FROM "users" WHERE "id" = NEW."user_id"), '');
  RETURN NEW;
END $$;
CREATE TRIGGER "recordings_take_app_and_username" BEFORE INSERT ON "recordings"
  FOR EACH ROW EXECUTE FUNCTION "take_app_and_username"();

CREATE FUNCTION "pass_on_username"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "recordings" SET "username" = NEW."username" WHERE "user_id" = NEW."id";
  RETURN NULL;
END $$;
CREATE TRIGGER "users_pass_on_username" AFTER UPDATE OF "username" ON "users"
  FOR EACH ROW WHEN (OLD."username" <> NEW."username") EXECUTE FUNCTION "pass_on_username"();

-- Every order of the list, in both directions. What follows the id changes no order: filters find it in the
-- index, and rows in between are not read.
DROP INDEX "recordings_created_at_id_idx";
CREATE INDEX "recordings_by_time" ON "recordings" ("created_at" DESC, "id" DESC,
  "user_id", "cluster", "app_id", "status", "sort_size_bytes", "interrupted", "truncated", "recovered");
CREATE INDEX "recordings_by_size" ON "recordings" ("sort_size_bytes" DESC, "id" DESC,
  "created_at", "user_id", "cluster", "app_id", "status", "interrupted", "truncated", "recovered");
CREATE INDEX "recordings_by_duration" ON "recordings" ("sort_duration_ms" DESC, "id" DESC,
  "created_at", "user_id", "cluster", "app_id", "status", "sort_size_bytes", "interrupted", "truncated", "recovered");
CREATE INDEX "recordings_by_user" ON "recordings" ("username" DESC, "created_at" DESC, "id" DESC,
  "user_id", "cluster", "app_id", "status", "sort_size_bytes", "interrupted", "truncated", "recovered");

-- Filters that can leave little of a million.
CREATE INDEX "recordings_app_id_created_at_id_idx" ON "recordings" ("app_id", "created_at" DESC, "id" DESC);
CREATE INDEX "recordings_status_created_at_id_idx" ON "recordings" ("status", "created_at" DESC, "id" DESC);
CREATE INDEX "recordings_interrupted" ON "recordings" ("created_at" DESC, "id" DESC) WHERE "interrupted";
CREATE INDEX "recordings_truncated" ON "recordings" ("created_at" DESC, "id" DESC) WHERE "truncated";
CREATE INDEX "recordings_recovered" ON "recordings" ("created_at" DESC, "id" DESC) WHERE "recovered";
CREATE INDEX "recordings_search_text" ON "recordings" USING gin ("search_text" gin_trgm_ops);

-- Tells rare words from common ones, to one in a thousand: the way to search depends on it.
ALTER TABLE "recordings" ALTER COLUMN "search_text" SET STATISTICS 1000;

-- The reaper goes by id; with the time of the last append in an index, every append changed every index.
DROP INDEX "recordings_unfinished";
CREATE INDEX "recordings_unfinished" ON "recordings" ("id") WHERE "status" IN ('recording', 'uploading');
