import { type Actor, may } from "@/lib/auth/permissions";
import { ACCESS_BY_PAGE } from "@/lib/auth/route-permissions";

export interface AdminPage {
  readonly href: string;
  readonly label: string;
}

/** The pages of the admin panel in their order; `recording`: there only where recording is switched on. */
const PAGES = [
  { href: "/admin/recordings", label: "Recordings", recording: true },
  { href: "/admin/sessions", label: "Sessions", recording: false },
  { href: "/admin/users", label: "Users", recording: false },
  { href: "/admin/holds", label: "Holds", recording: true },
  { href: "/admin/settings", label: "Settings", recording: true },
  { href: "/admin/audit", label: "Audit", recording: false },
  { href: "/admin/storage", label: "Storage & jobs", recording: true },
] as const;

/** The pages of the admin panel that somebody may see, on an installation that records or does not. */
export function adminPagesFor(actor: Actor, recordingEnabled: boolean): readonly AdminPage[] {
  return PAGES.filter(
    ({ href, recording }) => may(actor, ACCESS_BY_PAGE[href]) && (recordingEnabled || !recording),
  ).map(({ href, label }) => ({ href, label }));
}
