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
import { type PolicyQuestion, questionAbout } from "./retention-words";

interface Asked {
  readonly change: RetentionChange;
  readonly preview: RetentionPreviewJson;
  readonly question: PolicyQuestion;
}

/**
 * Saves changes of the policy. One that deletes what would have stayed, now or once it is not held any more, is shown
 * first: `asked` is what to show, `confirm` goes through with it, `cancel` does not.
 */
export function usePolicyChange(onSaved: (view: RetentionViewJson) => void) {
  const toasts = useToasts();
  const [asked, setAsked] = useState<Asked | null>(null);
  const underWay = useRef<{ readonly text: string; readonly saved: Promise<boolean> } | null>(null);
  const settle = useRef<(saved: boolean) => void>(() => undefined);

  const save = async (change: RetentionChange, confirmedCount: number) => {
    const body = { ...change, confirmed_count: confirmedCount };
    const call = { method: "PATCH", body } as const;
    onSaved(await readApi("/api/admin/retention", retentionViewSchema, call));
    toasts.say("Saved. The next sweep goes by it.");
  };
  const ask = async (wanted: RetentionChange): Promise<boolean> => {
    const call = { method: "POST", body: wanted } as const;
    const path = "/api/admin/retention/preview";
    const preview = await readApi(path, retentionPreviewSchema, call);
    const question = questionAbout(preview);
    if (question !== null) {
      return new Promise<boolean>((resolve) => {
        settle.current = resolve;
        setAsked({ change: wanted, preview, question });
      });
    }
    await save(wanted, 0);
    return true;
  };
  const change = (wanted: RetentionChange): Promise<boolean> => {
    const text = JSON.stringify(wanted);
    // A field is left, and so saved once more, when the question that it raised takes the focus.
    if (underWay.current?.text === text) return underWay.current.saved;
    const saved = ask(wanted).finally(() => {
      underWay.current = null;
    });
    underWay.current = { text, saved };
    return saved;
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
