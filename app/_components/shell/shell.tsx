"use client";

import { type ReactNode, useState } from "react";
import { CommandPalette } from "../palette/command-palette";
import type { ShellAccess } from "./destinations";
import { Rail } from "./rail";

interface ShellProps {
  readonly access: ShellAccess;
  readonly children: ReactNode;
}

/** The frame of every page but sign-in and the session tab: rail, command palette, main landmark. */
export function Shell({ access, children }: ShellProps) {
  const [searching, setSearching] = useState(false);
  return (
    <>
      <a
        href="#main"
        className="fixed start-2 top-2 z-50 rounded-md bg-accent px-3 py-2 text-on-accent not-focus:sr-only"
      >
        Skip to content
      </a>
      <Rail access={access} onSearch={() => setSearching(true)} />
      <main
        id="main"
        tabIndex={-1}
        className="min-h-dvh pb-[calc(var(--bar)+1rem)] outline-none sm:ms-(--rail) sm:pb-8"
      >
        {children}
      </main>
      <CommandPalette access={access} open={searching} onOpenChange={setSearching} />
    </>
  );
}
