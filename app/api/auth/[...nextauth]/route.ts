import { z } from "zod";
import { findActor } from "@/lib/auth/find-actor";
import { answerAuthRequest } from "@/lib/auth/next-auth-handler";
import { providerSignOutUrl } from "@/lib/auth/provider-sign-out";
import { readForm } from "@/lib/http/body";
import { ownOrigin } from "@/lib/http/origin";
import { route, type RouteInput } from "@/lib/http/route";

const schemas = {
  params: z.object({ nextauth: z.array(z.string()) }),
  query: z.record(z.string(), z.string()),
};

type Input = RouteInput<{ nextauth: string[] }, Record<string, string>, unknown, null>;

async function answer(input: Input, form: Record<string, string>): Promise<Response> {
  const { request, params, query, client, services } = input;
  const actor = await findActor(request.headers, services);
  const origin = ownOrigin(request.headers, services.config);
  return answerAuthRequest(services, {
    ...{ request, query, form, client, actor, origin },
    segments: params.nextauth,
  });
}

export const GET = route("GET /api/auth/[...nextauth]", schemas, (input) => answer(input, {}));

export const POST = route("POST /api/auth/[...nextauth]", schemas, async (input) => {
  const [action] = input.params.nextauth;
  const form = await readForm(input.request);
  return action === "signout" ? signOut(input, form) : answer(input, form);
});

/** Next-auth ends the sign-in here; who came from the OpenID provider is led on to end it there, too. */
async function signOut(input: Input, form: Record<string, string>): Promise<Response> {
  const { request, services } = input;
  const actor = await findActor(request.headers, services);
  const ended = await answer(input, form);
  if (actor === null || !ended.ok || form["json"] !== "true") return ended;
  const returnTo = `${ownOrigin(request.headers, services.config)}/sign-in`;
  const url = await providerSignOutUrl(services, actor.userId, returnTo);
  return url === null ? ended : Response.json({ url }, { headers: ended.headers });
}
