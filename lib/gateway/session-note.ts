import { z } from "zod";

/**
 * The WebSocket subprotocol (RFC 6455, 1.9) of viewers that understand notes: text messages of ours between
 * the desktop's own, which are all binary. Pure: the browser imports it too.
 */
export const NOTES_PROTOCOL = "sortie.notes";

/** Whether the session is to be recorded without anybody's click, and whether it is being recorded in some tab. */
const recordingNoteSchema = z.object({
  about: z.literal("recording"),
  auto_record: z.boolean(),
  recorded: z.boolean(),
});

/** When the session will be closed, once that is near; null when it is not any more. */
const endNoteSchema = z.object({
  about: z.literal("end"),
  end: z.object({ reason: z.enum(["idle", "max_duration"]), at: z.iso.datetime() }).nullable(),
});

export const sessionNoteSchema = z.discriminatedUnion("about", [
  recordingNoteSchema,
  endNoteSchema,
]);

/**
 * What the tab of a web app sends when its person has just done something: the app's own traffic does not tell, since
 * apps ask their servers by themselves.
 */
export const USE_REPORT = "use";

export type SessionNote = z.infer<typeof sessionNoteSchema>;
export type RecordingNote = z.infer<typeof recordingNoteSchema>;
export type EndNote = z.infer<typeof endNoteSchema>;
