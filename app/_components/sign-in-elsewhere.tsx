"use client";

import { LogIn } from "lucide-react";
import { useState } from "react";
import { signInElsewhere } from "./sign-in-client";
import { SignInProblem } from "./sign-in-problem";
import { Button } from "./ui/button";

interface SignInElsewhereProps {
  /** What the OpenID provider is called. */
  readonly name: string;
  /** A path of our own. */
  readonly callbackPath: string;
  /** What went wrong before the page was shown, unless another part of the page says it. */
  readonly initialProblem: string | null;
  /** It is the only way to sign in. */
  readonly alone: boolean;
}

/** The way to sign in that leads to the OpenID provider. */
export function SignInElsewhere(props: SignInElsewhereProps) {
  const { name, callbackPath, initialProblem, alone } = props;
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState(initialProblem);
  const go = async () => {
    setBusy(true);
    setProblem(null);
    const sentence = await signInElsewhere(callbackPath);
    // The button stays busy until the browser is gone.
    if (sentence === null) return;
    setProblem(sentence);
    setBusy(false);
  };
  return (
    <div className="flex flex-col gap-4">
      <SignInProblem problem={problem} />
      <Button look={alone ? "solid" : "outline"} icon={LogIn} busy={busy} onClick={() => void go()}>
        {`Sign in with ${name}`}
      </Button>
    </div>
  );
}
