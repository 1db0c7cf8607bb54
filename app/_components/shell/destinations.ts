import { AppWindow, Film, type LucideIcon, MonitorPlay, Settings2 } from "lucide-react";

export interface ShellAccess {
  readonly username: string;
  readonly displayName: string;
  /** Recording is switched on for this installation. */
  readonly recordingEnabled: boolean;
  readonly mayManage: boolean;
}

export interface Destination {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
}

/** Where the rail leads, for one person on one installation. */
export function destinationsFor(access: ShellAccess): readonly Destination[] {
  return [
    { href: "/apps", label: "Apps", icon: AppWindow },
    { href: "/sessions", label: "Sessions", icon: MonitorPlay },
    ...(access.recordingEnabled ? [{ href: "/recordings", label: "Recordings", icon: Film }] : []),
    ...(access.mayManage ? [{ href: "/admin", label: "Admin", icon: Settings2 }] : []),
  ];
}

/** The same list one level deeper, for the command palette. */
export function allDestinationsFor(access: ShellAccess): readonly Destination[] {
  const admin = [
    { href: "/admin/users", label: "Admin: Users", icon: Settings2 },
    ...(access.recordingEnabled
      ? [
          { href: "/admin/recordings", label: "Admin: All recordings", icon: Settings2 },
          { href: "/admin/settings", label: "Admin: Settings", icon: Settings2 },
        ]
      : []),
  ];
  return [
    ...destinationsFor(access).filter(({ href }) => href !== "/admin"),
    ...(access.mayManage ? admin : []),
  ];
}

/** Whether a page lies at or under a destination. */
export function leadsTo({ href }: Destination, pathname: string): boolean {
  return pathname === href || pathname.startsWith(`${href}/`);
}
