import { z } from "zod";

/** What the API says of an event in the audit trail. Pure: the browser imports it too. */
export const auditEventSchema = z.object({
  /** A whole number as text; larger ones were added later. */
  id: z.string(),
  created_at: z.iso.datetime(),
  /** Null where nobody was signed in, or the product acted. */
  actor_id: z.uuid().nullable(),
  /** The name at the time; of a failed sign-in: the one that was claimed. */
  actor_name: z.string(),
  /** For programs, such as `recording.view`… */
  action: z.string(),
  /** …and in words: “Watched a recording”. */
  summary: z.string(),
  target_type: z.string().nullable(),
  target_id: z.string().nullable(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  detail: z.record(z.string(), z.unknown()),
});
export type AuditEventJson = z.infer<typeof auditEventSchema>;

/** An event as the list answers it: with what its target is called now. */
export const listedAuditEventSchema = auditEventSchema.extend({
  /** Null when the target is gone, or has no name. */
  target_name: z.string().nullable(),
});
export type ListedAuditEventJson = z.infer<typeof listedAuditEventSchema>;

/** Shorter words are left out of a search: the index knows no less than three characters. */
export const MIN_WORD_LENGTH = 3;
export const MAX_SEARCH_LENGTH = 200;
