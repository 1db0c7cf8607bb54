import { Globe, type LucideIcon, Monitor, SquareTerminal } from "lucide-react";
import type { AppJson } from "@/lib/sessions/session-schema";

/** What an app of each kind is drawn as. */
export const APP_ICONS: Readonly<Record<AppJson["kind"], LucideIcon>> = {
  desktop: Monitor,
  terminal: SquareTerminal,
  web: Globe,
};
