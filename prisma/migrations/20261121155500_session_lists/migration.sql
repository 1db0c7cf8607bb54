-- The panel's list of sessions: by app, and by status, newest first.
CREATE INDEX "sessions_app_id_created_at_id_idx" ON "sessions" ("app_id", "created_at" DESC, "id" DESC);
CREATE INDEX "sessions_status_created_at_id_idx" ON "sessions" ("status", "created_at" DESC, "id" DESC);
