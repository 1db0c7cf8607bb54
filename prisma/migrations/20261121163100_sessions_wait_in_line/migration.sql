-- Since when a session that is being created waits for room; null once it has its turn.
ALTER TABLE "sessions" ADD COLUMN "queued_at" TIMESTAMPTZ(3);
CREATE INDEX "sessions_queued_at_idx" ON "sessions" ("queued_at");
