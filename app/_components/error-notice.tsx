"use client";

import { RotateCw, TriangleAlert } from "lucide-react";
import { Notice } from "./notice";
import { Button } from "./ui/button";

interface ErrorNoticeProps {
  readonly error: unknown;
  readonly retry: () => void;
}

/** What a page shows when it broke: nothing of why, but what an administrator finds it by. */
export function ErrorNotice({ error, retry }: ErrorNoticeProps) {
  const digest = digestOf(error);
  return (
    <Notice
      icon={TriangleAlert}
      title="This page could not be shown"
      action={
        <Button look="solid" icon={RotateCw} onClick={retry}>
          Try again
        </Button>
      }
    >
      Nothing was lost. If it stays like this, tell an administrator
      {digest === null ? "." : ` the number ${digest}.`}
    </Notice>
  );
}

/** What the server logged the error under. */
function digestOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("digest" in error)) return null;
  return typeof error.digest === "string" ? error.digest : null;
}
