-- CreateEnum
CREATE TYPE "DeletionCause" AS ENUM ('person', 'retention');

-- AlterTable
ALTER TABLE "recordings" ADD COLUMN     "deletion_cause" "DeletionCause";

-- CreateTable
CREATE TABLE "legal_holds" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "recording_id" UUID,
    "session_id" UUID,
    "user_id" UUID,
    "reason" TEXT NOT NULL,
    "placed_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lifted_by" TEXT,
    "lifted_at" TIMESTAMPTZ(3),

    CONSTRAINT "legal_holds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "legal_holds_created_at_id_idx" ON "legal_holds"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "legal_holds_recording_id_idx" ON "legal_holds"("recording_id");

-- CreateIndex
CREATE INDEX "legal_holds_session_id_idx" ON "legal_holds"("session_id");

-- CreateIndex
CREATE INDEX "legal_holds_user_id_idx" ON "legal_holds"("user_id");

-- AddForeignKey
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_recording_id_fkey" FOREIGN KEY ("recording_id") REFERENCES "recordings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "legal_holds"
  ADD CONSTRAINT "legal_holds_name_one_thing" CHECK (num_nonnulls("recording_id", "session_id", "user_id") = 1),
  ADD CONSTRAINT "legal_holds_have_a_reason" CHECK ("reason" <> ''),
  ADD CONSTRAINT "legal_holds_lifted_by_somebody" CHECK (("lifted_at" IS NULL) = ("lifted_by" IS NULL));

-- Retention removes what is finished, and nothing else.
ALTER TABLE "recordings"
  ADD CONSTRAINT "recordings_retention_takes_only_ready" CHECK ("deletion_cause" <> 'retention' OR "status" = 'ready');

-- Begun deletions and new holds wait for each other: whoever begins one shares this lock until it is committed,
-- whoever places a hold has it alone. So a hold is either seen by a deletion, or finds it begun.
CREATE FUNCTION "lock_deletions"("alone" boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF "alone" THEN
    PERFORM pg_advisory_xact_lock(1397707348);
  ELSE
    PERFORM pg_advisory_xact_lock_shared(1397707348);
  END IF;
END $$;

-- A hold keeps a recording from being deleted, whoever asks. One whose deletion had begun before is past that.
CREATE FUNCTION "refuse_removal_of_held"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "lock_deletions"(false);
  IF EXISTS (
    SELECT FROM "legal_holds"
     WHERE "lifted_at" IS NULL
       AND ("recording_id" = OLD."id" OR "session_id" = OLD."session_id" OR "user_id" = OLD."user_id")
  ) THEN
    RAISE EXCEPTION 'recording % is under legal hold', OLD."id";
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER "recordings_held_stay" BEFORE DELETE ON "recordings"
  FOR EACH ROW WHEN (OLD."deletion_cause" IS NULL) EXECUTE FUNCTION "refuse_removal_of_held"();
CREATE TRIGGER "recordings_held_are_not_begun_on" BEFORE UPDATE OF "deletion_cause" ON "recordings"
  FOR EACH ROW WHEN (OLD."deletion_cause" IS NULL AND NEW."deletion_cause" IS NOT NULL)
  EXECUTE FUNCTION "refuse_removal_of_held"();

CREATE FUNCTION "refuse_late_hold"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "lock_deletions"(true);
  IF EXISTS (SELECT FROM "recordings" WHERE "id" = NEW."recording_id" AND "deletion_cause" IS NOT NULL) THEN
    RAISE EXCEPTION 'recording % is being deleted', NEW."recording_id";
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER "legal_holds_come_in_time" BEFORE INSERT ON "legal_holds"
  FOR EACH ROW EXECUTE FUNCTION "refuse_late_hold"();

-- What was held stays known: a hold is lifted, never changed or removed. (It goes with a recording deleted later.)
CREATE FUNCTION "refuse_hold_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."lifted_at" IS NULL
     AND to_jsonb(NEW) - 'lifted_at' - 'lifted_by' = to_jsonb(OLD) - 'lifted_at' - 'lifted_by' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a legal hold can only be lifted';
END $$;
CREATE TRIGGER "legal_holds_only_lifted" BEFORE UPDATE ON "legal_holds"
  FOR EACH ROW EXECUTE FUNCTION "refuse_hold_change"();
