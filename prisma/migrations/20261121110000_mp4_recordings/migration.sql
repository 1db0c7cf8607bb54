-- AlterEnum
ALTER TYPE "RecordingFormat" ADD VALUE 'mp4' BEFORE 'cast';

-- What arrived may be more than WebM now: the reason has the name of what it always meant.
UPDATE "recordings" SET "fail_reason" = 'unknown_format' WHERE "fail_reason" = 'not_webm';
