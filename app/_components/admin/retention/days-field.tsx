"use client";

import { useState } from "react";
import { Field, Input } from "../../ui/field";
import { parseDays } from "./retention-words";

interface DaysFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly days: number | null;
  /** Saves, maybe after asking; rejects with the sentence to show. False: the person thought better of it. */
  readonly onChange: (days: number | null) => Promise<boolean>;
}

/** A number of days, 0 for ever, or nothing. It is saved when the field is left. */
export function DaysField({ label, hint, days, onChange }: DaysFieldProps) {
  const shown = days === null ? "" : String(days);
  const [text, setText] = useState(shown);
  const [saved, setSaved] = useState(shown);
  const [problem, setProblem] = useState<string>();
  if (saved !== shown) {
    setSaved(shown);
    setText(shown);
  }
  const save = async () => {
    const parsed = parseDays(text);
    setProblem("problem" in parsed ? parsed.problem : undefined);
    if ("problem" in parsed || parsed.days === days) return;
    try {
      if (!(await onChange(parsed.days))) setText(shown);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : "That did not work. Try again.");
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field label={label} hint={hint} error={problem}>
        <Input
          inputMode="numeric"
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => void save()}
        />
      </Field>
    </form>
  );
}
