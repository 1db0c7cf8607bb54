-- What all recordings take, by place and state, is summed from the index alone.
CREATE INDEX "recordings_by_place" ON "recordings" ("storage_backend", "status", "sort_size_bytes");
