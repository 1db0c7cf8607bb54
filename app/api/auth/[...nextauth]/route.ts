import { z } from "zod";
import { answerAuthRequest } from "@/lib/auth/next-auth-handler";
import { readForm } from "@/lib/http/body";
import { ownOrigin } from "@/lib/http/origin";
import { route } from "@/lib/http/route";

const schemas = {
  params: z.object({ nextauth: z.array(z.string()) }),
  query: z.record(z.string(), z.string()),
};

export const GET = route("GET /api/auth/[...nextauth]", schemas, (input) =>
  answerAuthRequest(input.services, {
    ...input,
    segments: input.params.nextauth,
    form: {},
    origin: ownOrigin(input.request.headers, input.services.config),
  }),
);

export const POST = route("POST /api/auth/[...nextauth]", schemas, async (input) =>
  answerAuthRequest(input.services, {
    ...input,
    segments: input.params.nextauth,
    form: await readForm(input.request),
    origin: ownOrigin(input.request.headers, input.services.config),
  }),
);
