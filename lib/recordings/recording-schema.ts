import { z } from "zod";

/** What the API says of a recording, and what it takes. Pure: the browser imports it too. */

export const RECORDING_STATUSES = ["recording", "uploading", "ready", "failed"] as const;
export const FAIL_REASONS = [
  "nothing_captured",
  "unknown_format",
  "storage_lost",
  "seal_failed",
] as const;

/** What lists can be ordered by. Unfinished recordings count as of no size, and of no duration while it is unknown. */
export const RECORDING_SORTS = [
  "newest",
  "oldest",
  "largest",
  "smallest",
  "longest",
  "shortest",
  "user_a_z",
  "user_z_a",
] as const;
export type RecordingSort = (typeof RECORDING_SORTS)[number];

/** What lists can be filtered by beside the status. */
export const RECORDING_FLAGS = ["interrupted", "truncated", "recovered", "held"] as const;
export type RecordingFlag = (typeof RECORDING_FLAGS)[number];

export const MAX_DESCRIPTION_LENGTH = 500;
/** Posters are small on purpose: lists show many. */
export const MAX_POSTER_BYTES = 256 * 1024;
export const POSTER_TYPE = "image/webp";

const timestamp = z.iso.datetime();
const description = z.string().trim().max(MAX_DESCRIPTION_LENGTH);

export const recordingSchema = z.object({
  id: z.uuid(),
  session_id: z.uuid(),
  app_id: z.string(),
  app_name: z.string(),
  cluster: z.string(),
  user_id: z.uuid(),
  username: z.string(),
  filename: z.string(),
  description: z.string(),
  format: z.enum(["webm", "mp4", "cast"]),
  /** As in a MIME type's `codecs` parameter; null until known. */
  codec: z.string().nullable(),
  width: z.number().int().nullable(),
  height: z.number().int().nullable(),
  size_bytes: z.number().int(),
  /** Null until the recording is ready. */
  duration_seconds: z.number().nullable(),
  storage_backend: z.enum(["local", "s3"]),
  status: z.enum(RECORDING_STATUSES),
  /** Reached the size limit and was stopped there. */
  truncated: z.boolean(),
  /** The tab never came back; what had arrived was sealed. */
  interrupted: z.boolean(),
  /** Sealed from bytes that a later page load sent. */
  recovered: z.boolean(),
  fail_reason: z.enum(FAIL_REASONS).nullable(),
  /** A sentence that says what went wrong and what to do; null unless it failed. */
  fail_message: z.string().nullable(),
  origin: z.enum(["user", "policy", "upload"]),
  has_poster: z.boolean(),
  /** Under legal hold, itself or through its session or user: nobody can delete it. */
  held: z.boolean(),
  /** Bytes of the sender's stream that are safe on the server. */
  upload_offset: z.number().int(),
  created_at: timestamp,
  stopped_at: timestamp.nullable(),
  /** When it became `ready` or `failed`. */
  completed_at: timestamp.nullable(),
});
export type RecordingJson = z.infer<typeof recordingSchema>;

export const startRecordingSchema = z.object({
  description: description.default(""),
  /** `policy`: not a person began it, but the administrators' wish to have every session recorded. */
  origin: z.enum(["user", "policy"]).default("user"),
});

export const startedRecordingSchema = z.object({
  recording_id: z.uuid(),
  status: z.literal("recording"),
  /** Where to send the stream, as tus 1.0.0. */
  upload_url: z.string(),
});

export type StartedRecordingJson = z.infer<typeof startedRecordingSchema>;

export const stopRecordingSchema = z.object({
  recording_id: z.uuid(),
  /** Length of the whole stream in bytes, where the sender knows it. */
  upload_length: z.number().int().nonnegative().optional(),
  description: description.optional(),
});

/** The fields of a form that brings a whole recording, beside its `file`. */
export const uploadedRecordingSchema = z.object({
  recording_id: z.uuid(),
  /** Seconds. Taken for compatibility only: what the file itself says is true. */
  duration: z.coerce.number().nonnegative().optional(),
});

export const stoppedRecordingSchema = z.object({ status: z.enum(RECORDING_STATUSES) });

export type StoppedRecordingJson = z.infer<typeof stoppedRecordingSchema>;

export const describeRecordingSchema = z.object({ description });
