-- AlterTable
ALTER TABLE "legal_holds" ADD COLUMN     "lift_reason" TEXT;

ALTER TABLE "legal_holds"
  ADD CONSTRAINT "legal_holds_lifted_for_a_reason" CHECK ("lift_reason" IS NULL OR ("lifted_at" IS NOT NULL AND "lift_reason" <> ''));

CREATE OR REPLACE FUNCTION "refuse_hold_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."lifted_at" IS NULL
     AND to_jsonb(NEW) - 'lifted_at' - 'lifted_by' - 'lift_reason'
       = to_jsonb(OLD) - 'lifted_at' - 'lifted_by' - 'lift_reason' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'a legal hold can only be lifted';
END $$;
