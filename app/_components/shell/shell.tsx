"use client";

import { type ReactNode, useState } from "react";
import type { Actor } from "@/lib/auth/permissions";
import { ActorProvider } from "../actor";
import { CommandPalette } from "../palette/command-palette";
import type { ShellAccess } from "./destinations";
import { Rail } from "./rail";

interface ShellProps {
  readonly actor: Actor;
  readonly access: ShellAccess;
  readonly children: ReactNode;
}

/** The frame of every page but sign-in and the session tab: rail, command palette, main landmark. */
export function Shell({ actor, access, children }: ShellProps) {
  const [searching, setSearching] = useState(false);
  return (
    <ActorProvider actor={actor}>
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
    </ActorProvider>
  );
}
