import { z } from "zod";
import { CLOSE_REASONS } from "./close-reason";

/** What the API says of apps and sessions, and what it takes. Pure: the browser imports it too. */

export const SESSION_STATUSES = ["creating", "running", "ended", "failed"] as const;
export const APP_KINDS = ["desktop", "terminal", "web"] as const;

const timestamp = z.iso.datetime();

export const appSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(APP_KINDS),
  description: z.string(),
  available: z.boolean(),
  /** A sentence that says what is missing and how to mend it; null when available. */
  unavailable_reason: z.string().nullable(),
});
export type AppJson = z.infer<typeof appSchema>;

export const sessionSchema = z.object({
  id: z.uuid(),
  app_id: z.string(),
  app_name: z.string(),
  app_kind: z.enum(APP_KINDS),
  cluster: z.string(),
  user_id: z.uuid(),
  username: z.string(),
  status: z.enum(SESSION_STATUSES),
  close_reason: z.enum(CLOSE_REASONS).nullable(),
  /** A sentence for the reason; null while the session is open. */
  close_message: z.string().nullable(),
  created_at: timestamp,
  /** When its desktop answered for the first time. */
  started_at: timestamp.nullable(),
  ended_at: timestamp.nullable(),
  /** A legal hold is on the session itself: nobody can delete its recordings. */
  held: z.boolean(),
});
export type SessionJson = z.infer<typeof sessionSchema>;

export const launchSessionSchema = z.object({
  app_id: z.string().min(1).max(100),
  /** The desktop's first size in pixels; a viewer may change it later. */
  width: z.number().int().min(320).max(3840).default(1280),
  height: z.number().int().min(240).max(2160).default(720),
});

const ticket = {
  /** One use, within 60 seconds. */
  ticket: z.string(),
  /** The WebSocket's address on this server, ticket included. */
  url: z.string(),
};
export const ticketSchema = z.discriminatedUnion("kind", [
  z.object({
    ...ticket,
    kind: z.literal("desktop"),
    /** What the desktop's RFB server asks for. */
    password: z.string(),
  }),
  z.object({
    ...ticket,
    kind: z.literal("web"),
    /** Where a frame finds the app, on an origin of its own; one use, within 60 seconds. */
    app_url: z.url(),
  }),
]);
export type TicketJson = z.infer<typeof ticketSchema>;
