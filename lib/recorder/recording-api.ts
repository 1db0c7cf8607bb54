import type { z } from "zod";
import {
  recordingSchema,
  startedRecordingSchema,
  stoppedRecordingSchema,
} from "@/lib/recordings/recording-schema";
import { readProblem, retryAfterMs } from "./server-problem";

const REQUEST_TIMEOUT_MS = 30_000;

const progressSchema = recordingSchema.pick({
  user_id: true,
  session_id: true,
  app_name: true,
  status: true,
  upload_offset: true,
  duration_seconds: true,
  truncated: true,
  fail_message: true,
});

/** What the recorder needs to know of a recording on the server. */
export type RecordingOnServer = z.output<typeof progressSchema>;

/** The server did not do what it was asked; `message` is a sentence. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    message: string,
    /** True when the same request may succeed later. */
    readonly mayPass: boolean,
    readonly retryAfterMs: number | null = null,
    /** True when a person has to do something first. */
    readonly needsPerson = false,
    /** Of the HTTP answer; null when there was none that could be read. */
    readonly status: number | null = null,
  ) {
    super(message);
  }
}

/** What makes a recording begin: somebody's click, or the administrators' wish. */
export type RecordingOrigin = "user" | "policy";

/**
 * Makes the recording's row on the server.
 * @throws ApiError
 */
export async function postStart(
  sessionId: string,
  origin: RecordingOrigin,
): Promise<{ readonly recordingId: string; readonly uploadUrl: string }> {
  const url = `/api/sessions/${encodeURIComponent(sessionId)}/recording/start`;
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ origin });
  const started = startedRecordingSchema.parse(
    await requestJson(url, { method: "POST", headers, body }),
  );
  const uploadUrl = new URL(started.upload_url, location.href).href;
  return { recordingId: started.recording_id, uploadUrl };
}

/**
 * Tells the server that nothing more is recorded; `uploadLength` is the stream's length in bytes, null when it
 * is not to be held to one. May be repeated.
 * @throws ApiError
 */
export async function postStop(
  sessionId: string,
  recordingId: string,
  uploadLength: number | null,
): Promise<void> {
  const url = `/api/sessions/${encodeURIComponent(sessionId)}/recording/stop`;
  const length = uploadLength === null ? {} : { upload_length: uploadLength };
  const body = JSON.stringify({ recording_id: recordingId, ...length });
  const headers = { "Content-Type": "application/json" };
  stoppedRecordingSchema.parse(await requestJson(url, { method: "POST", headers, body }));
}

/** @throws ApiError */
export async function getRecording(recordingId: string): Promise<RecordingOnServer> {
  const url = `/api/recordings/${recordingId}`;
  return progressSchema.parse(await requestJson(url, { cache: "no-store" }));
}

/**
 * Stores the still picture shown before playback.
 * @throws ApiError
 */
export async function putPoster(recordingId: string, picture: Blob): Promise<void> {
  const headers = { "Content-Type": picture.type };
  await request(`/api/recordings/${recordingId}/poster`, { method: "PUT", headers, body: picture });
}

async function requestJson(url: string, init: RequestInit): Promise<unknown> {
  const response = await request(url, init);
  return response.json().catch(() => {
    throw new ApiError("The server's answer was not understood. Reload the page.", true);
  });
}

/** @throws ApiError when no answer came, or one that refuses */
async function request(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, {
    ...init,
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).catch(() => {
    throw new ApiError("The server could not be reached. Check the connection.", true);
  });
  if (!response.ok) throw await refusal(response);
  return response;
}

async function refusal(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  const waitMs = retryAfterMs(headers);
  if (status === 401) {
    const sentence = "You are signed out. Sign in again in another tab.";
    return new ApiError(sentence, true, waitMs, true, status);
  }
  const problem = await readProblem(response);
  const message = problem?.message ?? `The server answered ${status}. Try again in a moment.`;
  const mayPass = status >= 500 || status === 408 || status === 423 || status === 429;
  return new ApiError(message, mayPass, waitMs, status === 507, status);
}
