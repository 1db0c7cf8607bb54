"use client";

import { createContext, type ReactNode, use } from "react";
import type { Actor, Owned } from "@/lib/auth/permissions";

const ActorContext = createContext<Actor | null>(null);

interface ActorProviderProps {
  readonly actor: Actor;
  readonly children: ReactNode;
}

/** Tells everything below it who looks, so that it offers only what the table of permissions allows them. */
export function ActorProvider({ actor, children }: ActorProviderProps) {
  return <ActorContext value={actor}>{children}</ActorContext>;
}

/** Who looks, as they were when the page was loaded. What they may is judged again by the server. */
export function useActor(): Actor {
  const actor = use(ActorContext);
  if (actor === null) throw new Error("Only what is inside of the shell knows who looks.");
  return actor;
}

/** Whose a recording or a session of the API is, as the table of permissions asks. */
export function ownedOf(item: { readonly user_id: string; readonly cluster: string }): Owned {
  return { userId: item.user_id, cluster: item.cluster };
}
