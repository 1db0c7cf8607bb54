import { z } from "zod";

const schema = z.object({
  recordingId: z.uuid(),
  /** Whose recording it is: pages of anybody else leave it alone. */
  userId: z.uuid(),
  sessionId: z.uuid(),
  appName: z.string(),
  uploadUrl: z.url(),
  mimeType: z.string(),
  /** ISO 8601. */
  createdAt: z.iso.datetime(),
});

/** What a later page load needs to know about bytes that it finds: stored beside them as JSON. */
export type SpoolLabel = Readonly<z.infer<typeof schema>>;

/** Null when the text is no label. */
export function parseSpoolLabel(text: string): SpoolLabel | null {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
