/** Everything the audit trail records. Names are kept for good: they are read by exports and by people. */
export const AUDIT_ACTIONS = [
  "recording.start",
  "recording.stop",
  "recording.upload",
  "recording.view",
  "recording.download",
  "recording.edit",
  "recording.delete",
  "recording.decline",
  "session.start",
  "session.end",
  "user.sign_in",
  "user.sign_in_failed",
  "user.sign_out",
  "user.create",
  "user.update",
  "user.disable",
  "user.enable",
  "user.password_change",
  "settings.change",
  "storage.reconcile",
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];
