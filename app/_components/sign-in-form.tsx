"use client";

import { type SubmitEvent, useRef, useState } from "react";
import { SignInProblem } from "./sign-in-problem";
import { signInHere } from "./sign-in-client";
import { Button } from "./ui/button";
import { Field, Input } from "./ui/field";

interface SignInFormProps {
  /** A path of our own. */
  readonly callbackPath: string;
  /** What went wrong before the page was shown. */
  readonly initialProblem: string | null;
}

/** User name, password and, when it did not work, why. */
export function SignInForm({ callbackPath, initialProblem }: SignInFormProps) {
  const password = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(initialProblem);

  const submit = async (form: FormData) => {
    setBusy(true);
    setProblem(null);
    const sentence = await signInHere(textOf(form, "username"), textOf(form, "password"));
    if (sentence === null) {
      // A full load: nothing of a stranger's page is kept, and the form stays busy until it is gone.
      window.location.replace(callbackPath);
      return;
    }
    setProblem(sentence);
    setBusy(false);
    password.current?.select();
  };

  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <Field label="User name">
        <Input
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
        />
      </Field>
      <Field label="Password">
        <Input ref={password} name="password" type="password" autoComplete="current-password" />
      </Field>
      <SignInProblem problem={problem} />
      <Button type="submit" look="solid" busy={busy}>
        Sign in
      </Button>
    </form>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
