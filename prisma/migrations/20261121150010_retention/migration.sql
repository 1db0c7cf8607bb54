-- CreateEnum
CREATE TYPE "AppEnvironment" AS ENUM ('production', 'non_production');

-- CreateEnum
CREATE TYPE "RetentionTrigger" AS ENUM ('schedule', 'administrator');

-- CreateEnum
CREATE TYPE "RetentionRunState" AS ENUM ('queued', 'running', 'done', 'failed');

-- AlterTable
ALTER TABLE "apps" ADD COLUMN     "environment" "AppEnvironment" NOT NULL DEFAULT 'production',
ADD COLUMN     "retention_days" INTEGER;

-- CreateTable
CREATE TABLE "retention_runs" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "trigger" "RetentionTrigger" NOT NULL,
    "requested_by" TEXT,
    "state" "RetentionRunState" NOT NULL,
    "expected_count" INTEGER,
    "deleted_count" INTEGER NOT NULL DEFAULT 0,
    "deleted_bytes" BIGINT NOT NULL DEFAULT 0,
    "failed_count" INTEGER NOT NULL DEFAULT 0,
    "problem" TEXT,
    "token" UUID,
    "seen_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "retention_runs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "retention_runs_created_at_id_idx" ON "retention_runs"("created_at" DESC, "id" DESC);

ALTER TABLE "apps"
  ADD CONSTRAINT "apps_retention_within_a_century" CHECK ("retention_days" BETWEEN 0 AND 36500);

ALTER TABLE "retention_runs"
  ADD CONSTRAINT "retention_runs_started_unless_queued" CHECK (("state" = 'queued') = ("started_at" IS NULL)),
  ADD CONSTRAINT "retention_runs_ended_when_over" CHECK (("state" IN ('done', 'failed')) = ("ended_at" IS NOT NULL)),
  ADD CONSTRAINT "retention_runs_held_while_running" CHECK (("state" = 'running') = ("token" IS NOT NULL AND "seen_at" IS NOT NULL));

-- An administrator who asks again while a sweep is on its way gets that one.
CREATE UNIQUE INDEX "retention_runs_one_asked_for" ON "retention_runs" ("trigger")
  WHERE "trigger" = 'administrator' AND "state" IN ('queued', 'running');

-- The sweep looks only at what is old enough, however many recordings are kept.
CREATE INDEX "recordings_ready_by_age" ON "recordings" ("completed_at", "id") WHERE "status" = 'ready';
