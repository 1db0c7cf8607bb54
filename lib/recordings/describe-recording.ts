import { type Client, recordAuditEvent } from "@/lib/audit/record-audit-event";
import type { Actor } from "@/lib/auth/permissions";
import type { Database } from "@/lib/db/database";
import { getRecording } from "./get-recording";
import type { Recording } from "./recording-repository";

/** Sets the description of one's own recording and returns the recording. @throws AppError `not_found`, `forbidden` */
export async function describeRecording(
  { db }: { readonly db: Database },
  actor: Actor,
  client: Client,
  { recordingId, description }: { readonly recordingId: string; readonly description: string },
): Promise<Recording> {
  const recording = await getRecording({ db }, actor, recordingId, "send");
  await db.$transaction(async (transaction) => {
    await transaction.recording.updateMany({ where: { id: recordingId }, data: { description } });
    await recordAuditEvent(transaction, {
      actor,
      client,
      action: "recording.edit",
      target: { type: "recording", id: recordingId },
    });
  });
  return { ...recording, description };
}
