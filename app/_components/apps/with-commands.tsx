"use client";

import { Check, Copy } from "lucide-react";
import { IconButton } from "../ui/button";
import { useCopy } from "../ui/use-copy";

/** A sentence in which commands stand between backticks: they are set apart and can be copied. */
export function WithCommands({ text }: { readonly text: string }) {
  return (
    <div className="text-pretty">
      {text.split("`").map((part, index) => {
        if (index % 2 === 0) return <span key={index}>{part}</span>;
        return <Command key={index} command={part} />;
      })}
    </div>
  );
}

function Command({ command }: { readonly command: string }) {
  const { copied, copy, spoken } = useCopy({ inFull: true });
  return (
    <span className="my-1 flex items-center gap-1 rounded-md border border-line bg-page ps-2">
      <code className="min-w-0 flex-1 py-1 font-mono text-sm wrap-anywhere text-ink">
        {command}
      </code>
      <IconButton
        icon={copied ? Check : Copy}
        shape="row"
        label="Copy the command"
        onClick={() => copy(command)}
      />
      {spoken}
    </span>
  );
}
