"use client";

import { useState } from "react";
import { problemSentence } from "../api-client";
import { SentenceField, SentenceInput } from "../ui/field";
import { SettingHint, type LastChange } from "./setting-hint";

/** What somebody typed: a value, or a sentence that says what is wrong. */
export type Parsed<Value> = { readonly value: Value } | { readonly problem: string };

interface NumberSettingProps<Value extends number | null> {
  /** The sentence around the number. */
  readonly before: string;
  readonly after: string;
  readonly hint: string;
  readonly lastChange: LastChange;
  readonly value: Value;
  /** What an empty field means, shown in it. */
  readonly placeholder?: string;
  readonly parse: (text: string) => Parsed<Value>;
  /** Saves, maybe after asking; rejects with what is to be said. False: the person thought better of it. */
  readonly onSave: (value: Value) => Promise<boolean>;
}

/** A setting that is a sentence with a number in it. It is saved when the number is left. */
export function NumberSetting<Value extends number | null>(props: NumberSettingProps<Value>) {
  const { before, after, hint, lastChange, value, placeholder, parse, onSave } = props;
  const shown = value === null ? "" : String(value);
  const [text, setText] = useState(shown);
  const [saved, setSaved] = useState(shown);
  const [problem, setProblem] = useState<string>();
  if (saved !== shown) {
    setSaved(shown);
    setText(shown);
  }
  const save = async () => {
    const parsed = parse(text.trim());
    setProblem("problem" in parsed ? parsed.problem : undefined);
    if ("problem" in parsed || parsed.value === value) return;
    try {
      if (!(await onSave(parsed.value))) setText(shown);
    } catch (error) {
      setProblem(problemSentence(error));
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <SentenceField
        before={before}
        after={after}
        hint={<SettingHint text={hint} lastChange={lastChange} />}
        error={problem}
      >
        <SentenceInput
          value={text}
          placeholder={placeholder}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => void save()}
        />
      </SentenceField>
    </form>
  );
}
