import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createHttpServer, drain, listen } from "./http-server";

const CONFIG = { publicUrl: undefined, trustedProxyCount: 0 };
let server: ReturnType<typeof createHttpServer>;
let origin: string;

/** Answers once the whole body is there. */
beforeEach(async () => {
  server = createHttpServer(async (request, response) => {
    response.end(await text(request));
  }, CONFIG);
  const { port } = await listen(server, { port: 0, host: "127.0.0.1" });
  origin = `http://127.0.0.1:${port}`;
});
afterEach(() => server.closeAllConnections());

test("an upload may take as long as it likes, but its headers may not", () => {
  expect(server.requestTimeout).toBe(0);
  expect(server.headersTimeout).toBeGreaterThan(0);
});

test("a server that is told to stop lets a request end that is under way, and takes no other", async () => {
  const caller = connect(Number(new URL(origin).port), "127.0.0.1");
  const answer = text(caller);
  caller.write("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n4");
  await once(server, "request");
  const drained = drain(server);
  await expect(fetch(origin)).rejects.toThrow();
  caller.write("2");
  expect(await answer).toMatch(/\r\n\r\n42$/);
  await drained;
});

test("strict transport security is demanded where users come over https, and only there", async () => {
  expect((await fetch(origin)).headers.has("strict-transport-security")).toBe(false);
  const handle = (_: unknown, response: { end(): void }) => {
    response.end();
    return Promise.resolve();
  };
  const secured = createHttpServer(handle, { ...CONFIG, publicUrl: "https://sortie.example.org" });
  const { port } = await listen(secured, { port: 0, host: "127.0.0.1" });
  const answer = await fetch(`http://127.0.0.1:${port}`);
  expect(answer.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8,}$/);
  await drain(secured);
});

test("a file of the API that somebody opens as a page may do nothing", async () => {
  const policy = (await fetch(`${origin}/api/recordings`)).headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
});
