import { callApi, readApi } from "@/app/_components/api-client";
import { type SessionJson, sessionSchema, ticketSchema } from "@/lib/sessions/session-schema";
import type { SessionApi } from "./session-connection";

/** What the tab asks of the API. @throws ApiProblem */
export const sessionApi: SessionApi = {
  getSession: (id) => readApi(`/api/sessions/${id}`, sessionSchema),
  requestTicket: (id) => readApi(`/api/sessions/${id}/ticket`, ticketSchema, { method: "POST" }),
};

/** Starts another session of the same app. @throws ApiProblem */
export function startSession(appId: string): Promise<SessionJson> {
  return readApi("/api/sessions", sessionSchema, { method: "POST", body: { app_id: appId } });
}

/** @throws ApiProblem */
export async function endSession(id: string): Promise<void> {
  await callApi(`/api/sessions/${id}`, { method: "DELETE" });
}

/** Says that one's session is not to be recorded automatically any more. @throws ApiProblem */
export async function declineAutoRecord(sessionId: string): Promise<void> {
  await callApi(`/api/sessions/${sessionId}/recording/decline`, { method: "POST" });
}

/** @throws ApiProblem */
export async function describeRecording(id: string, description: string): Promise<void> {
  await callApi(`/api/recordings/${id}`, { method: "PATCH", body: { description } });
}
