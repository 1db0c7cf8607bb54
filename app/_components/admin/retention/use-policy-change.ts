"use client";

import { useRef, useState } from "react";
import {
  type RetentionChange,
  retentionPreviewSchema,
  type RetentionPreviewJson,
  type RetentionViewJson,
  retentionViewSchema,
} from "@/lib/retention/retention-schema";
import { problemSentence, readApi } from "../../api-client";
import { useToasts } from "../../ui/toast";

interface Asked {
  readonly change: RetentionChange;
  readonly preview: RetentionPreviewJson;
}

/**
 * Saves changes of the policy. One that deletes what would have stayed is shown first: `asked` is what to
 * show, `confirm` goes through with it, `cancel` does not.
 */
export function usePolicyChange(onSaved: (view: RetentionViewJson) => void) {
  const toasts = useToasts();
  const [asked, setAsked] = useState<Asked | null>(null);
  const settle = useRef<(saved: boolean) => void>(() => undefined);

  const save = async (change: RetentionChange, confirmedCount: number) => {
    const body = { ...change, confirmed_count: confirmedCount };
    const call = { method: "PATCH", body } as const;
    onSaved(await readApi("/api/admin/retention", retentionViewSchema, call));
    toasts.say("Saved. The next sweep goes by it.");
  };
  const change = async (wanted: RetentionChange): Promise<boolean> => {
    const call = { method: "POST", body: wanted } as const;
    const path = "/api/admin/retention/preview";
    const preview = await readApi(path, retentionPreviewSchema, call);
    if (preview.newly_count > 0) {
      return new Promise<boolean>((resolve) => {
        settle.current = resolve;
        setAsked({ change: wanted, preview });
      });
    }
    await save(wanted, 0);
    return true;
  };
  const confirm = async () => {
    if (asked === null) return;
    try {
      await save(asked.change, asked.preview.newly_count);
    } catch (error) {
      throw new Error(problemSentence(error), { cause: error });
    }
    settle.current(true);
  };
  const cancel = () => {
    settle.current(false);
    setAsked(null);
  };
  return { change, asked, confirm, cancel };
}
