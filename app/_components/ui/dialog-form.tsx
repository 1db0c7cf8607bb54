"use client";

import { type ReactNode, type SubmitEvent, useState } from "react";
import { problemSentence } from "../api-client";
import { Button } from "./button";
import { DialogActions } from "./dialog";

interface DialogFormProps {
  /** The action in words, such as "Create user". */
  readonly submitLabel: string;
  /**
   * Sends the form, after which its dialog leaves. Resolves to what keeps it from being sent, in a sentence that
   * is shown under the fields ("" where a field says it itself), or to null; a refusal of the server is shown too.
   */
  readonly onSubmit: (form: FormData) => Promise<string | null>;
  readonly children: ReactNode;
}

/** The fields of a dialog, what is wrong with them together, and the button that sends them. */
export function DialogForm({ submitLabel, onSubmit, children }: DialogFormProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (form: FormData) => {
    setBusy(true);
    setProblem(null);
    try {
      const refusal = await onSubmit(form);
      if (refusal === null) return;
      setProblem(refusal);
    } catch (error) {
      setProblem(problemSentence(error));
    }
    setBusy(false);
  };
  return (
    <form
      noValidate
      className="flex flex-col gap-3"
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      {children}
      <p role="alert" className="text-failed empty:hidden">
        {problem}
      </p>
      <DialogActions>
        <Button type="submit" look="solid" busy={busy}>
          {submitLabel}
        </Button>
      </DialogActions>
    </form>
  );
}
