-- The limits that a batch goes by: days by the app's id. Null of what an older version had marked.
ALTER TABLE "retention_batches" ADD COLUMN "limits" JSONB,
  ADD CONSTRAINT "retention_batches_limits_are_days_by_app" CHECK (jsonb_typeof("limits") = 'object');

-- A batch names what is finished, past its app's limit and not held, and never more than it did at first. One without
-- limits names only what had been marked, which a hold or a limit is too late for; one with limits nothing of that.
CREATE OR REPLACE FUNCTION "refuse_batch"() RETURNS trigger LANGUAGE plpgsql AS $$
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
  IF NEW."limits" IS NULL THEN
    IF EXISTS (
      SELECT FROM "recordings"
       WHERE "id" = ANY (NEW."recording_ids") AND "deletion_cause" IS DISTINCT FROM 'retention'
    ) THEN
      RAISE EXCEPTION 'a batch of retention without limits names a recording that was not marked';
    END IF;
    RETURN NEW;
  END IF;
  IF EXISTS (
    SELECT FROM "recordings"
      LEFT JOIN jsonb_each_text(NEW."limits") AS "limit" ("app", "days") ON "limit"."app" = "recordings"."app_id"
     WHERE "id" = ANY (NEW."recording_ids")
       AND ("deletion_cause" IS NOT NULL OR "days" IS NULL OR "days"::int < 1
         OR "completed_at" >= now() - "days"::int * interval '24 hours')
  ) THEN
    RAISE EXCEPTION 'a batch of retention names a recording that is not past its limit';
  END IF;
  IF EXISTS (
    SELECT FROM "recordings"
     WHERE "id" = ANY (NEW."recording_ids")
       AND ("id" IN (SELECT "recording_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "recording_id" IS NOT NULL)
         OR "session_id" IN (SELECT "session_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "session_id" IS NOT NULL)
         OR "user_id" IN (SELECT "user_id" FROM "legal_holds" WHERE "lifted_at" IS NULL AND "user_id" IS NOT NULL))
  ) THEN
    RAISE EXCEPTION 'a batch of retention names a recording under legal hold';
  END IF;
  RETURN NEW;
END $$;
