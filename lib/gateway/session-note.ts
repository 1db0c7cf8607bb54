import { z } from "zod";

/**
 * The WebSocket subprotocol (RFC 6455, 1.9) of viewers that understand notes: text messages of ours between
 * the desktop's own, which are all binary. Pure: the browser imports it too.
 */
export const NOTES_PROTOCOL = "sortie.notes";

/** Whether the session is to be recorded without anybody's click, and whether it is being recorded in some tab. */
export const sessionNoteSchema = z.object({ auto_record: z.boolean(), recorded: z.boolean() });

export type SessionNote = z.infer<typeof sessionNoteSchema>;
