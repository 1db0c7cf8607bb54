import { z } from "zod";

/** What the API says of legal holds, and what it takes. Pure: the browser imports it too. */

export const MAX_HOLD_REASON_LENGTH = 500;

export const HOLD_TARGETS = ["recording", "session", "user"] as const;
export type HoldTarget = (typeof HOLD_TARGETS)[number];

export const holdSchema = z.object({
  id: z.uuid(),
  /** A hold on a session or a user covers all of their recordings, also those made later. */
  target_type: z.enum(HOLD_TARGETS),
  target_id: z.uuid(),
  /** What people call it: a recording's description or else file, an app's name, a user's name. */
  target_name: z.string(),
  /** The name of the user whose it is, or who it is. */
  target_owner: z.string(),
  reason: z.string(),
  placed_by: z.string(),
  /** When it was placed. */
  created_at: z.iso.datetime(),
  /** Null while the hold is in force. */
  lifted_by: z.string().nullable(),
  lifted_at: z.iso.datetime().nullable(),
  /** Null also where whoever lifted it did not say. */
  lift_reason: z.string().nullable(),
});
export type HoldJson = z.infer<typeof holdSchema>;

/** The same in a list, with the recordings that are under it now. */
export const listedHoldSchema = holdSchema.extend({
  recording_count: z.number().int(),
  recording_bytes: z.number(),
});
export type ListedHoldJson = z.infer<typeof listedHoldSchema>;

export const placeHoldSchema = z.strictObject({
  target_type: z.enum(HOLD_TARGETS),
  target_id: z.uuid(),
  reason: z.string().trim().min(1, "say why").max(MAX_HOLD_REASON_LENGTH),
});
export type PlaceHold = z.infer<typeof placeHoldSchema>;

export const liftHoldSchema = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(1, "say why, or leave it out")
    .max(MAX_HOLD_REASON_LENGTH)
    .optional(),
});
