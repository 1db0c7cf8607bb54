import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { cache } from "react";
import { services } from "@/lib/composition/services";
import { noteCaller } from "@/lib/http/incoming-message";
import { findActor } from "./find-actor";
import { type Actor, may } from "./permissions";
import { ACCESS_BY_PAGE, type PagePath } from "./route-permissions";

/** Pages that a stranger does not see. */
export type ProtectedPage = {
  [P in PagePath]: (typeof ACCESS_BY_PAGE)[P] extends "public" ? never : P;
}[PagePath];

/** Who looks at the page that is being rendered, or null; asked once a request, however many parts ask. */
export const currentActor = cache(async (): Promise<Actor | null> => {
  return findActor(await headers(), services());
});

/**
 * Who looks at this page. A stranger is sent to sign in and comes back to `address` (the page's own
 * path with its parameters filled in); who may not see the page is shown that, with status 403.
 */
export async function requirePage(page: ProtectedPage, address: string = page): Promise<Actor> {
  const actor = await currentActor();
  if (actor === null) redirect(`/sign-in?callbackUrl=${encodeURIComponent(address)}`);
  noteCaller(actor.userId);
  if (!may(actor, ACCESS_BY_PAGE[page])) forbidden();
  return actor;
}
