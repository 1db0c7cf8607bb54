import type { AppContainer, DesktopApp, SessionSpec } from "@/lib/providers/session-provider";

const MEBIBYTE = 1024 * 1024;

/** What an app is where nobody says anything about it. */
export const PLAIN_CONTAINER: AppContainer = {
  image: undefined,
  command: undefined,
  environment: {},
  limits: { cpus: 1, memoryBytes: 512 * MEBIBYTE, pids: 256 },
  readOnlyRoot: true,
};

const DESKTOP: DesktopApp = {
  ...PLAIN_CONTAINER,
  kind: "desktop",
  image: "sortie-desktop:latest",
  displayImage: undefined,
};

/** A desktop of 800 by 600 pixels. */
export function desktopSpec(sessionId: string, app: Partial<DesktopApp> = {}): SessionSpec {
  return { ...DESKTOP, ...app, sessionId, appId: "desktop", width: 800, height: 600 };
}
