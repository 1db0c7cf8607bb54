"use client";

import { CircleUserRound, Film, LogOut, Moon, Sun, SunMoon } from "lucide-react";
import { useRouter } from "next/navigation";
import { APP_ICONS } from "../apps/app-icons";
import { useLaunch } from "../apps/use-launch";
import { useApps } from "../apps/use-apps";
import { useRecordingSearch } from "../recordings/use-recording-search";
import { allDestinationsFor, type ShellAccess } from "../shell/destinations";
import { signOutHere } from "../sign-out";
import { applyTheme } from "../theme";
import { statusWord } from "../ui/status-badge";
import { type Command, type CommandGroup, matches } from "./command";

interface Commands {
  readonly groups: readonly CommandGroup[];
  readonly searching: boolean;
}

/** What the palette offers for a query: pages and settings, apps, and recordings found on the server. */
export function useCommands(access: ShellAccess, query: string): Commands {
  const router = useRouter();
  const launch = useLaunch();
  const apps = useApps();
  const found = useRecordingSearch(access.recordingEnabled ? query : "");

  const pages: Command[] = allDestinationsFor(access)
    .concat({ href: "/account", label: "Account", icon: CircleUserRound })
    .map(({ href, label, icon }) => ({ id: href, label, icon, run: () => router.push(href) }));
  const starts: Command[] = apps
    .filter((app) => access.mayLaunch && app.available)
    .map((app) => ({
      id: `app-${app.id}`,
      label: `Start ${app.name}`,
      icon: APP_ICONS[app.kind],
      run: () => void launch(app),
    }));
  const recordings: Command[] = found.recordings.map((recording) => ({
    id: recording.id,
    label: recording.description === "" ? recording.filename : recording.description,
    hint: statusWord(recording.status),
    icon: Film,
    run: () => router.push(`/recordings/${recording.id}`),
  }));

  const groups = [
    group("Go to", pages, query),
    group("Start", starts, query),
    { label: "Recordings", items: recordings },
    group("Settings", settings, query),
  ].filter(({ items }) => items.length > 0);
  return { groups, searching: found.searching };
}

const settings: readonly Command[] = [
  { id: "theme-light", label: "Light theme", icon: Sun, run: () => applyTheme("light") },
  { id: "theme-dark", label: "Dark theme", icon: Moon, run: () => applyTheme("dark") },
  {
    id: "theme-system",
    label: "Theme of the system",
    icon: SunMoon,
    run: () => applyTheme("system"),
  },
  { id: "sign-out", label: "Sign out", icon: LogOut, run: () => void signOutHere() },
];

function group(label: string, commands: readonly Command[], query: string): CommandGroup {
  return { label, items: commands.filter((command) => matches(command.label, query)) };
}
