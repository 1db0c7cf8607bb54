"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { classes } from "../ui/classes";
import { inputClasses } from "../ui/field";
import { Kbd } from "../ui/kbd";
import { isCovered, isTyping, useKeyDown } from "../use-key-down";

const TYPING_PAUSE_MS = 250;

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  /** Called when the typing pauses. */
  readonly onSearch: (text: string) => void;
  /** It stands beside a list's main search, which is where `/` goes. */
  readonly beside?: boolean;
}

/** A list's search: `/` goes there, Escape leaves it. */
export function SearchField(props: SearchFieldProps) {
  const { label, value, maxLength, onSearch, beside = false } = props;
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [text, setText] = useState(value);
  const [shownValue, setShownValue] = useState(value);
  /** Searches of ours that have not reached the address yet: what was typed since must stay. */
  const [asked, setAsked] = useState<readonly string[]>([]);
  if (value !== shownValue) {
    setShownValue(value);
    const isOurs = asked.includes(value);
    setAsked(isOurs ? asked.slice(asked.indexOf(value) + 1) : []);
    // The address changed by other means, such as the back button.
    if (!isOurs) setText(value);
  }
  const search = (next: string) => {
    setAsked((before) => (next === (before.at(-1) ?? value) ? before : [...before, next]));
    onSearch(next);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useKeyDown((event) => {
    if (beside || event.key !== "/" || isTyping(event) || isCovered()) return;
    event.preventDefault();
    input.current?.select();
  });
  return (
    <div className={classes("relative w-full", beside ? "sm:w-48" : "sm:w-72")}>
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 start-2.5 my-auto size-4 text-ink-subtle"
      />
      <input
        ref={input}
        type="search"
        aria-label={label}
        aria-keyshortcuts={beside ? undefined : "/"}
        placeholder={label}
        value={text}
        maxLength={maxLength}
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => search(next.trim()), TYPING_PAUSE_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
        className={classes(inputClasses, "peer h-(--control) ps-8! pe-8!")}
      />
      {!beside && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 end-2 flex items-center peer-focus:hidden pointer-coarse:hidden"
        >
          <Kbd>/</Kbd>
        </span>
      )}
    </div>
  );
}
