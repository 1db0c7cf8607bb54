-- Lists look up what is not ready; what is ready is nearly everything, and found in the order itself. So the
-- index of states need not have every recording, and none enters it when it becomes ready.
DROP INDEX "recordings_status_created_at_id_idx";
CREATE INDEX "recordings_unready" ON "recordings" ("created_at" DESC, "id" DESC, "status") WHERE "status" <> 'ready';
