import { useState } from "react";

/** What a dialog is about; the last one once there is none, so that its words stay while the dialog leaves. */
export function useLasting<T>(present: T | null): T | null {
  const [lasting, setLasting] = useState(present);
  if (present !== null && present !== lasting) setLasting(present);
  return lasting;
}
