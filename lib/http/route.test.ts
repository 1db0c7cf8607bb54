import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createServices, provideServices } from "@/lib/composition/services";
import { parseConfig } from "@/lib/config/config";
import { route } from "./route";

// A public route asks the database nothing, so none is needed to see how input is taken.
const answer = route(
  "POST /api/auth/[...nextauth]",
  {
    params: z.object({ id: z.uuid() }),
    query: z.object({ limit: z.coerce.number().int().optional() }),
    body: z.strictObject({ size: z.object({ width: z.number() }) }),
  },
  ({ params, query, body, actor }) =>
    Promise.resolve(Response.json({ params, query, body, actor })),
);
const ID = "7b0c1a52-6f1e-4c39-9a3a-0d7b4b1f2f11";

beforeAll(() => {
  const environment = {
    DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
    NEXTAUTH_SECRET: "a secret for tests, and for nothing else",
    SORTIE_LOG_LEVEL: "silent",
  };
  provideServices(createServices(parseConfig(environment), "test"));
});

async function post(body: BodyInit | null, { id = ID, query = "", requestId = "r-1" } = {}) {
  const request = new Request(`http://sortie.test/api/auth/x${query}`, {
    method: "POST",
    headers: { "x-request-id": requestId },
    body,
  });
  const response = await answer(request, { params: Promise.resolve({ id }) });
  return { response, json: (await response.json()) as Record<string, unknown> };
}

test("a handler gets what its schemas made of address, query and body, and no cache keeps the answer", async () => {
  const { response, json } = await post('{"size":{"width":5}}', { query: "?limit=3" });
  expect(json).toEqual({
    params: { id: ID },
    query: { limit: 3 },
    body: { size: { width: 5 } },
    actor: null,
  });
  expect(response.headers.get("cache-control")).toBe("private, no-store");
});

test.each([
  ["{", {}, "The body is not JSON. Send a JSON object."],
  ['{"size":{"width":"5"}}', {}, "The body is not valid at “size.width”"],
  ['{"size":{"width":5},"owner":"me"}', {}, "owner"],
  [null, {}, "The body is not valid at “size”"],
  ['{"size":{"width":5}}', { id: "../etc/passwd" }, "The address is not valid at “id”"],
  ['{"size":{"width":5}}', { query: "?limit=all" }, "The query is not valid at “limit”"],
])(
  "input that is not in order (%j %j) is a 400 that names the place",
  async (body, where, sentence) => {
    const { response, json } = await post(body, where);
    expect(response.status).toBe(400);
    expect(json).toMatchObject({
      error: {
        code: "bad_request",
        message: expect.stringContaining(sentence) as unknown,
        request_id: "r-1",
      },
    });
  },
);

test("a body that never ends is cut off, not gathered", async () => {
  let sentBytes = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sentBytes += 16_384;
      controller.enqueue(new Uint8Array(16_384).fill(32));
    },
  });
  const request = new Request("http://sortie.test/api/auth/x", {
    method: "POST",
    body: endless,
    duplex: "half",
  } as RequestInit);
  const response = await answer(request, { params: Promise.resolve({ id: ID }) });
  expect(response.status).toBe(413);
  expect(sentBytes).toBeLessThan(256 * 1024);
});
