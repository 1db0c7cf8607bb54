import { z } from "zod";
import { startedRecordingSchema } from "@/lib/recordings/recording-schema";
import type { World } from "../world";

const JSON_TYPE = { "content-type": "application/json" };

/** Begins a recording of a new session, past the faulty network. Returns both ids. */
export async function startRecording(
  world: Pick<World, "webUrl" | "cookie" | "newSession">,
): Promise<{ readonly sessionId: string; readonly recordingId: string }> {
  const sessionId = await world.newSession();
  const answer = await post(world, `/api/sessions/${sessionId}/recording/start`, {});
  return { sessionId, recordingId: startedRecordingSchema.parse(answer).recording_id };
}

async function post(
  { webUrl, cookie }: Pick<World, "webUrl" | "cookie">,
  path: string,
  body: object,
): Promise<unknown> {
  const response = await fetch(webUrl + path, {
    method: "POST",
    headers: { ...JSON_TYPE, cookie },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return z.unknown().parse(await response.json());
}
