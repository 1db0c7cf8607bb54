-- What a sweep that died had begun to delete is found by the next at once.
CREATE INDEX "recordings_begun_by_retention" ON "recordings" ("completed_at", "id") WHERE "deletion_cause" = 'retention';
