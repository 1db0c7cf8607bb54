import type { Recording } from "@/lib/recordings/recording-repository";
import type { CsvColumns } from "./csv";

/** The columns of exported recordings: the API's names, times in ISO 8601 and UTC. */
export const RECORDING_CSV: CsvColumns<Recording> = {
  id: (row) => row.id,
  session_id: (row) => row.sessionId,
  user_id: (row) => row.userId,
  username: (row) => row.username,
  app_id: (row) => row.appId,
  cluster: (row) => row.cluster,
  filename: (row) => row.filename,
  description: (row) => row.description,
  format: (row) => row.format,
  size_bytes: (row) => row.sizeBytes,
  duration_seconds: (row) => (row.durationMs === null ? null : row.durationMs / 1000),
  status: (row) => row.status,
  fail_reason: (row) => row.failReason,
  interrupted: (row) => row.interrupted,
  truncated: (row) => row.truncated,
  recovered: (row) => row.recovered,
  held: (row) => row.isHeld,
  origin: (row) => row.origin,
  storage_backend: (row) => row.storageBackend,
  created_at: (row) => row.createdAt,
  completed_at: (row) => row.completedAt,
};
