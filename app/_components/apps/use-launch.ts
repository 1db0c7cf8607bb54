"use client";

import { useCallback } from "react";
import { type AppJson, sessionSchema } from "@/lib/sessions/session-schema";
import { problemSentence, readApi } from "../api-client";
import { useToasts } from "../ui/toast";

/** Starts a session of an app and shows it in its own tab. */
export function useLaunch(): (app: Pick<AppJson, "id" | "name">) => Promise<void> {
  const toasts = useToasts();
  return useCallback(
    async (app) => {
      const tab = openTab(app.name);
      try {
        const session = await readApi("/api/sessions", sessionSchema, {
          method: "POST",
          body: { app_id: app.id },
        });
        const address = `/sessions/${session.id}`;
        // No tab: the browser blocks popups, so the session takes this one.
        if (tab === null) window.location.assign(address);
        else tab.location.replace(address);
      } catch (error) {
        tab?.close();
        toasts.fail(problemSentence(error));
      }
    },
    [toasts],
  );
}

/** Opens while the click still counts as one: after waiting for the server a browser would block it. */
function openTab(appName: string): Window | null {
  const tab = window.open("", "_blank");
  if (tab === null) return null;
  tab.opener = null;
  tab.document.title = `Starting ${appName}`;
  tab.document.documentElement.style.background = getComputedStyle(
    document.documentElement,
  ).backgroundColor;
  return tab;
}
