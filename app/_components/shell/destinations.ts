import type { AdminPage } from "../admin/admin-pages";
import { AppWindow, Film, type LucideIcon, MonitorPlay, Settings2 } from "lucide-react";

export interface ShellAccess {
  readonly username: string;
  readonly displayName: string;
  /** Recording is switched on for this installation. */
  readonly recordingEnabled: boolean;
  readonly mayLaunch: boolean;
  /** The pages of the admin panel that are open to this person. */
  readonly adminPages: readonly AdminPage[];
}

export interface Destination {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
}

/** Where the rail leads, for one person on one installation. */
export function destinationsFor(access: ShellAccess): readonly Destination[] {
  return [
    ...(access.mayLaunch ? [{ href: "/apps", label: "Apps", icon: AppWindow }] : []),
    { href: "/sessions", label: "Sessions", icon: MonitorPlay },
    ...(access.recordingEnabled ? [{ href: "/recordings", label: "Recordings", icon: Film }] : []),
    ...(access.adminPages.length > 0 ? [{ href: "/admin", label: "Admin", icon: Settings2 }] : []),
  ];
}

/** The same list one level deeper, for the command palette. */
export function allDestinationsFor(access: ShellAccess): readonly Destination[] {
  const admin = access.adminPages.map(({ href, label }) => ({
    ...{ href, label: `Admin: ${label}`, icon: Settings2 },
  }));
  return [...destinationsFor(access).filter(({ href }) => href !== "/admin"), ...admin];
}

/** Whether a page lies at or under a destination. */
export function leadsTo({ href }: Destination, pathname: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}

/** Where somebody begins. */
export function startPathFor(access: Pick<ShellAccess, "mayLaunch" | "recordingEnabled">): string {
  if (access.mayLaunch) return "/apps";
  return access.recordingEnabled ? "/recordings" : "/sessions";
}
