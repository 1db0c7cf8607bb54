import { afterEach, beforeEach, expect, test } from "vitest";
import { text } from "node:stream/consumers";
import { createLogger } from "@/lib/logging/logger";
import { answerDirectly, type DirectRoute } from "./direct-route";
import { createHttpServer, listen } from "./http-server";
import { bodyStream } from "./request-body";

const ECHO: DirectRoute = {
  method: "PATCH",
  pattern: /^\/echo\/(?<id>\w+)(?:\?|$)/,
  handler: async (request, { params }) => {
    const { id } = await params;
    const said = `${id ?? ""} ${request.headers.get("x-word") ?? ""} ${await text(bodyStream(request))}`;
    return new Response(said, { status: 202, headers: { "upload-offset": "7" } });
  },
};
let server: ReturnType<typeof createHttpServer>;
let origin: string;

beforeEach(async () => {
  const next = answerDirectly([ECHO], (_, response) => {
    response.end("somebody else");
    return Promise.resolve();
  });
  server = createHttpServer(
    next,
    { publicUrl: undefined, trustedProxyCount: 0 },
    createLogger("silent", "test"),
  );
  const { port } = await listen(server, { port: 0, host: "127.0.0.1" });
  origin = `http://127.0.0.1:${port}`;
});
afterEach(() => server.closeAllConnections());

test("a handler gets address, headers and body, and its answer goes out with ours", async () => {
  const headers = { "x-word": "word" };
  const answer = await fetch(`${origin}/echo/a1?x=1`, { method: "PATCH", headers, body: "bytes" });
  expect(answer.status).toBe(202);
  expect(answer.headers.get("upload-offset")).toBe("7");
  expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  expect(await answer.text()).toBe("a1 word bytes");
});

test.each([
  ["POST", "/echo/a1"],
  ["PATCH", "/echo/a1/more"],
  ["PATCH", "/other"],
])("%s %s is left to somebody else", async (method, path) => {
  const answer = await fetch(origin + path, { method, body: "x" });
  expect(await answer.text()).toBe("somebody else");
});
