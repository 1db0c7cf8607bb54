/**
 * Everything the audit trail records, with what somebody did in words. Names are kept for good: they are
 * read by exports and by people.
 */
export const WORDS_BY_ACTION = {
  "recording.start": "Started a recording",
  "recording.stop": "Stopped a recording",
  "recording.upload": "Finished a recording’s upload",
  "recording.view": "Watched a recording",
  "recording.download": "Downloaded a recording",
  "recording.edit": "Described a recording",
  "recording.delete": "Deleted a recording",
  "recording.export": "Exported the list of recordings",
  "recording.decline": "Stopped automatic recording of a session",
  "hold.place": "Placed a legal hold",
  "hold.lift": "Lifted a legal hold",
  "retention.run": "Asked for a retention sweep",
  "retention.sweep": "Swept what was past its retention",
  "session.start": "Opened a session",
  "session.end": "Ended a session",
  "user.sign_in": "Signed in",
  "user.sign_in_failed": "Failed to sign in",
  "user.sign_out": "Signed out",
  "user.create": "Created a user",
  "user.update": "Changed a user",
  "user.disable": "Disabled a user",
  "user.enable": "Enabled a user",
  "user.password_change": "Changed a password",
  "token.create": "Made an API token",
  "token.revoke": "Revoked an API token",
  "settings.change": "Changed a setting",
  "storage.reconcile": "Compared storage and database",
  "audit.export": "Exported the audit trail",
  "job.retry": "Ran a failed job again",
} as const satisfies Record<string, string>;

export type AuditAction = keyof typeof WORDS_BY_ACTION;

export const AUDIT_ACTIONS = Object.keys(WORDS_BY_ACTION) as readonly AuditAction[];

export function isAuditAction(text: string): text is AuditAction {
  return Object.hasOwn(WORDS_BY_ACTION, text);
}
