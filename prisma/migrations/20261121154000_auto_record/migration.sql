-- When the session's user stopped a recording that administrators want of every session.
ALTER TABLE "sessions" ADD COLUMN "auto_record_declined_at" TIMESTAMPTZ(3);
