"use client";

import { type ReactNode, useState } from "react";
import { MAX_HOLD_REASON_LENGTH } from "@/lib/holds/hold-schema";
import { DialogForm } from "../ui/dialog-form";
import { Field, Textarea } from "../ui/field";

interface ReasonFormProps {
  /** The action in words, such as "Place hold". */
  readonly submitLabel: string;
  /** Does it; what it rejects with is shown in the form. */
  readonly onSubmit: (reason: string) => Promise<void>;
  /** Fields before the reason. */
  readonly children?: ReactNode;
}

/** Asks for the reason that a legal hold is placed or lifted for: whoever comes later has to know. */
export function ReasonForm({ submitLabel, onSubmit, children }: ReasonFormProps) {
  const [problem, setProblem] = useState<string>();
  const submit = async (form: FormData) => {
    const given = form.get("reason");
    const reason = typeof given === "string" ? given.trim() : "";
    setProblem(reason === "" ? "Say why: whoever comes later has to know." : undefined);
    if (reason === "") return "";
    await onSubmit(reason);
    return null;
  };
  return (
    <DialogForm submitLabel={submitLabel} onSubmit={submit}>
      {children}
      <Field label="Reason" error={problem}>
        <Textarea name="reason" maxLength={MAX_HOLD_REASON_LENGTH} />
      </Field>
    </DialogForm>
  );
}
