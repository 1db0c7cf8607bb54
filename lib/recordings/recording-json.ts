import { failMessage } from "./fail-message";
import type { Recording } from "./recording-repository";
import type { RecordingJson } from "./recording-schema";

/** A recording as the API answers it: every field is picked, so nothing internal slips out. */
export function recordingToJson(recording: Recording): RecordingJson {
  return {
    id: recording.id,
    session_id: recording.sessionId,
    app_id: recording.appId,
    app_name: recording.appName,
    cluster: recording.cluster,
    user_id: recording.userId,
    username: recording.username,
    filename: recording.filename,
    description: recording.description,
    format: recording.format,
    codec: recording.codec,
    width: recording.width,
    height: recording.height,
    size_bytes: recording.sizeBytes,
    duration_seconds: recording.durationMs === null ? null : recording.durationMs / 1000,
    storage_backend: recording.storageBackend,
    status: recording.status,
    truncated: recording.truncated,
    interrupted: recording.interrupted,
    recovered: recording.recovered,
    fail_reason: recording.failReason,
    fail_message: recording.failReason === null ? null : failMessage(recording.failReason),
    origin: recording.origin,
    has_poster: recording.hasPoster,
    held: recording.isHeld,
    upload_offset: recording.uploadOffset,
    created_at: recording.createdAt.toISOString(),
    stopped_at: recording.stoppedAt?.toISOString() ?? null,
    completed_at: recording.completedAt?.toISOString() ?? null,
  };
}
