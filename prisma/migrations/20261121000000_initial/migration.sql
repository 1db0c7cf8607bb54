-- CreateEnum
CREATE TYPE "Role" AS ENUM ('admin', 'user');

-- CreateEnum
CREATE TYPE "AppKind" AS ENUM ('desktop', 'terminal', 'web');

-- CreateEnum
CREATE TYPE "SessionStatus" AS ENUM ('creating', 'running', 'ended', 'failed');

-- CreateEnum
CREATE TYPE "RecordingStatus" AS ENUM ('recording', 'uploading', 'ready', 'failed');

-- CreateEnum
CREATE TYPE "RecordingFormat" AS ENUM ('webm', 'cast');

-- CreateEnum
CREATE TYPE "StorageBackend" AS ENUM ('local', 's3');

-- CreateEnum
CREATE TYPE "RecordingOrigin" AS ENUM ('user', 'policy', 'upload');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "username" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'user',
    "disabled_at" TIMESTAMPTZ(3),
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "apps" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "AppKind" NOT NULL,
    "description" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,
    "enabled" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "apps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "app_id" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "SessionStatus" NOT NULL DEFAULT 'creating',
    "close_reason" TEXT,
    "close_detail" TEXT,
    "provider" TEXT NOT NULL,
    "host_id" TEXT,
    "provider_ref" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recordings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "session_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" "RecordingStatus" NOT NULL DEFAULT 'recording',
    "format" "RecordingFormat" NOT NULL DEFAULT 'webm',
    "origin" "RecordingOrigin" NOT NULL DEFAULT 'user',
    "filename" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "storage_backend" "StorageBackend" NOT NULL,
    "storage_key" TEXT NOT NULL,
    "codec" TEXT,
    "width" INTEGER,
    "height" INTEGER,
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "duration_ms" BIGINT,
    "has_poster" BOOLEAN NOT NULL DEFAULT false,
    "truncated" BOOLEAN NOT NULL DEFAULT false,
    "interrupted" BOOLEAN NOT NULL DEFAULT false,
    "recovered" BOOLEAN NOT NULL DEFAULT false,
    "fail_reason" TEXT,
    "fail_detail" TEXT,
    "upload_offset" BIGINT NOT NULL DEFAULT 0,
    "upload_length" BIGINT,
    "index_state" BYTEA,
    "resume_tail" BYTEA,
    "storage_state" JSONB,
    "append_token" UUID,
    "append_expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_append_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "stopped_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "recordings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" UUID,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" UUID,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target_type" TEXT,
    "target_id" TEXT,
    "ip" TEXT,
    "user_agent" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hosts" (
    "id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "suspected_at" TIMESTAMPTZ(3),

    CONSTRAINT "hosts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateway_tickets" (
    "token_hash" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "gateway_tickets_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "sign_in_attempts" (
    "key" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "failures" INTEGER NOT NULL,

    CONSTRAINT "sign_in_attempts_pkey" PRIMARY KEY ("key","window_start")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE INDEX "users_created_at_id_idx" ON "users"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "sessions_user_id_created_at_id_idx" ON "sessions"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "sessions_created_at_id_idx" ON "sessions"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "recordings_storage_key_key" ON "recordings"("storage_key");

-- CreateIndex
CREATE INDEX "recordings_user_id_created_at_id_idx" ON "recordings"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "recordings_created_at_id_idx" ON "recordings"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "recordings_session_id_idx" ON "recordings"("session_id");

-- CreateIndex
CREATE INDEX "audit_events_at_id_idx" ON "audit_events"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_events_target_type_target_id_idx" ON "audit_events"("target_type", "target_id");

-- CreateIndex
CREATE INDEX "audit_events_actor_id_at_idx" ON "audit_events"("actor_id", "at" DESC);

-- CreateIndex
CREATE INDEX "gateway_tickets_expires_at_idx" ON "gateway_tickets"("expires_at");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "apps"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recordings" ADD CONSTRAINT "recordings_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recordings" ADD CONSTRAINT "recordings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "settings" ADD CONSTRAINT "settings_updated_by_fkey" FOREIGN KEY ("updated_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_tickets" ADD CONSTRAINT "gateway_tickets_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateway_tickets" ADD CONSTRAINT "gateway_tickets_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;



-- What the schema language cannot say: the states that may not exist.
ALTER TABLE "users"
  ADD CONSTRAINT "users_username_is_lower_case" CHECK ("username" = lower("username") AND "username" <> ''),
  ADD CONSTRAINT "users_session_version_is_positive" CHECK ("session_version" > 0);

ALTER TABLE "sessions"
  ADD CONSTRAINT "sessions_closed_with_a_reason" CHECK (
    ("status" IN ('ended', 'failed')) = ("ended_at" IS NOT NULL)
    AND ("status" IN ('ended', 'failed')) = ("close_reason" IS NOT NULL)
  ),
  ADD CONSTRAINT "sessions_running_have_started" CHECK ("status" <> 'running' OR "started_at" IS NOT NULL);

ALTER TABLE "recordings"
  ADD CONSTRAINT "recordings_sizes_are_not_negative" CHECK (
    "size_bytes" >= 0 AND "upload_offset" >= 0 AND ("duration_ms" IS NULL OR "duration_ms" >= 0)
  ),
  ADD CONSTRAINT "recordings_offset_within_length" CHECK ("upload_length" IS NULL OR "upload_offset" <= "upload_length"),
  ADD CONSTRAINT "recordings_completed_when_final" CHECK (
    ("status" IN ('ready', 'failed')) = ("completed_at" IS NOT NULL)
  ),
  ADD CONSTRAINT "recordings_ready_have_a_size_and_duration" CHECK (
    "status" <> 'ready' OR ("size_bytes" > 0 AND "duration_ms" IS NOT NULL)
  ),
  ADD CONSTRAINT "recordings_failed_have_a_reason" CHECK (("status" = 'failed') = ("fail_reason" IS NOT NULL)),
  ADD CONSTRAINT "recordings_stopped_when_not_recording" CHECK (("status" = 'recording') = ("stopped_at" IS NULL));

-- One live recording per session: a second tab joins it or is refused, and never interleaves with it.
CREATE UNIQUE INDEX "recordings_one_live_per_session" ON "recordings" ("session_id") WHERE "status" = 'recording';

-- The reaper looks only at what is unfinished, however many recordings are kept.
CREATE INDEX "recordings_unfinished" ON "recordings" ("last_append_at") WHERE "status" IN ('recording', 'uploading');
CREATE INDEX "sessions_open" ON "sessions" ("last_used_at") WHERE "status" IN ('creating', 'running');

-- What happened stays: the audit trail is only ever added to. (A deleted user becomes null; the name stays.)
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW."actor_id" IS NULL
     AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit_events is append-only';
END $$;
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
