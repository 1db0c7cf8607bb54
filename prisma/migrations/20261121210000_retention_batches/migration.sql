-- What a sweep has begun to delete: one row names a whole batch, and is committed before the first of its bytes
-- goes. The recordings themselves stay as they are until they go: to mark each cost more than to delete it.
CREATE TABLE "retention_batches" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "storage_backend" "StorageBackend" NOT NULL,
    "recording_ids" UUID[],
    "token" UUID,
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "retention_batches_pkey" PRIMARY KEY ("id")
);

ALTER TABLE "retention_batches"
  ADD CONSTRAINT "retention_batches_name_recordings" CHECK (coalesce(cardinality("recording_ids"), 0) > 0),
  ADD CONSTRAINT "retention_batches_are_held_for_a_time" CHECK (("token" IS NULL) = ("expires_at" IS NULL));

-- Whether the deletion of a recording has begun, by a person or by retention.
CREATE FUNCTION "deletion_has_begun"("recording_id" uuid) RETURNS boolean LANGUAGE sql STABLE
  RETURN EXISTS (SELECT FROM "retention_batches" WHERE "recording_id" = ANY ("recording_ids"))
      OR EXISTS (SELECT FROM "recordings" WHERE "id" = "recording_id" AND "deletion_cause" IS NOT NULL);

-- A batch names what is finished and not held, and never more than it did at first.
CREATE FUNCTION "refuse_batch"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NOT NEW."recording_ids" <@ OLD."recording_ids" THEN
      RAISE EXCEPTION 'a batch of retention never grows';
    END IF;
    RETURN NEW;
  END IF;
  PERFORM "lock_deletions"(false);
  IF EXISTS (
    SELECT FROM "recordings" WHERE "id" = ANY (NEW."recording_ids") AND "status" <> 'ready'
  ) THEN
    RAISE EXCEPTION 'retention takes only what is ready';
  END IF;
  IF EXISTS (
    SELECT FROM "recordings"
     WHERE "id" = ANY (NEW."recording_ids") AND "deletion_cause" IS NULL
       AND ("id" IN (SELECT "recording_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "recording_id" IS NOT NULL)
         OR "session_id" IN (SELECT "session_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "session_id" IS NOT NULL)
         OR "user_id" IN (SELECT "user_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "user_id" IS NOT NULL))
  ) THEN
    RAISE EXCEPTION 'a batch of retention names a recording under legal hold';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "retention_batches_name_what_may_go" BEFORE INSERT ON "retention_batches"
  FOR EACH ROW EXECUTE FUNCTION "refuse_batch"();
CREATE TRIGGER "retention_batches_never_grow" BEFORE UPDATE OF "recording_ids" ON "retention_batches"
  FOR EACH ROW EXECUTE FUNCTION "refuse_batch"();

-- Nobody claims what a batch names, and nobody takes it up again: such an update finds no row, as if another
-- process had the claim. A condition of the update itself would not do: who waits for the lock of the process
-- that begins a batch goes on with what it had read before.
CREATE FUNCTION "skip_begun"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RETURN CASE WHEN EXISTS (SELECT FROM "retention_batches" WHERE OLD."id" = ANY ("recording_ids"))
              THEN NULL ELSE NEW END;
END $$;
CREATE TRIGGER "recordings_begun_are_not_claimed"
  BEFORE UPDATE OF "append_token", "append_expires_at", "status" ON "recordings"
  FOR EACH ROW WHEN (OLD."status" = 'ready' AND (NEW."append_token" IS NOT NULL OR NEW."status" <> 'ready'))
  EXECUTE FUNCTION "skip_begun"();

-- A hold keeps a recording from being deleted, whoever asks: now looked at once for all rows of a statement.
-- Rows whose deletion had begun before are past that.
DROP TRIGGER "recordings_held_stay" ON "recordings";
CREATE FUNCTION "refuse_removals_of_held"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "held" uuid;
BEGIN
  IF NOT EXISTS (
    SELECT FROM "removed"
     WHERE "deletion_cause" IS NULL AND "id" NOT IN (SELECT unnest("recording_ids") FROM "retention_batches")
  ) THEN
    RETURN NULL;
  END IF;
  PERFORM "lock_deletions"(false);
  SELECT "id" INTO "held" FROM "removed"
   WHERE "deletion_cause" IS NULL AND "id" NOT IN (SELECT unnest("recording_ids") FROM "retention_batches")
     AND ("session_id" IN (SELECT "session_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "session_id" IS NOT NULL)
       OR "user_id" IN (SELECT "user_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "user_id" IS NOT NULL))
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'recording % is under legal hold', "held";
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "recordings_held_stay" AFTER DELETE ON "recordings"
  REFERENCING OLD TABLE AS "removed"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_removals_of_held"();

-- A hold on the recording itself would go with it, before the trigger above looks: it stays while it is in force,
-- and the recording with it.
CREATE FUNCTION "refuse_removal_of_hold"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'recording % is under legal hold', OLD."recording_id";
END $$;
CREATE TRIGGER "legal_holds_in_force_stay" BEFORE DELETE ON "legal_holds"
  FOR EACH ROW WHEN (OLD."lifted_at" IS NULL AND OLD."recording_id" IS NOT NULL)
  EXECUTE FUNCTION "refuse_removal_of_hold"();

CREATE OR REPLACE FUNCTION "refuse_late_hold"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "lock_deletions"(true);
  IF "deletion_has_begun"(NEW."recording_id") THEN
    RAISE EXCEPTION 'recording % is being deleted', NEW."recording_id";
  END IF;
  RETURN NEW;
END $$;
