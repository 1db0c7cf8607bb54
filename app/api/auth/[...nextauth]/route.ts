import { z } from "zod";
import { findActor } from "@/lib/auth/find-actor";
import { answerAuthRequest } from "@/lib/auth/next-auth-handler";
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

export const POST = route("POST /api/auth/[...nextauth]", schemas, async (input) =>
  answer(input, await readForm(input.request)),
);
