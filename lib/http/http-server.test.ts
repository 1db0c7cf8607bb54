import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { createLogger } from "@/lib/logging/logger";
import { createHttpServer, drain, listen } from "./http-server";

const SILENT = createLogger("silent", "test");
const CONFIG = { publicUrl: undefined, trustedProxyCount: 0 };
let server: ReturnType<typeof createHttpServer>;
let origin: string;

/** Answers once the whole body is there. */
beforeEach(async () => {
  server = createHttpServer(
    async (request, response) => {
      response.end(await text(request));
    },
    CONFIG,
    SILENT,
  );
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
  const config = { ...CONFIG, publicUrl: "https://sortie.example.org" };
  const secured = createHttpServer(handle, config, SILENT);
  const { port } = await listen(secured, { port: 0, host: "127.0.0.1" });
  const answer = await fetch(`http://127.0.0.1:${port}`);
  expect(answer.headers.get("strict-transport-security")).toMatch(/^max-age=\d{8,}$/);
  await drain(secured);
});

test.each([
  ["without a Host", "bad_request", "X-Host: a\r\n"],
  ["with an expectation that nobody knows", "expectation_failed", "Host: a\r\nExpect: tea\r\n"],
])("a request %s is refused in words", async (_, code, headers) => {
  const caller = connect(Number(new URL(origin).port), "127.0.0.1");
  const answer = text(caller);
  caller.write(`GET / HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
  expect(await answer).toContain(`{"error":{"code":"${code}","message":"`);
});

test("a file of the API that somebody opens as a page may do nothing", async () => {
  const policy = (await fetch(`${origin}/api/recordings`)).headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
});

/** A server whose handler does what `handle` says; returns its port and what it has logged. */
async function serve(
  handle: Parameters<typeof createHttpServer>[0],
  options?: Parameters<typeof createHttpServer>[3],
) {
  const log = createLogger("silent", "test");
  const logged = vi.spyOn(log, "error");
  server = createHttpServer(handle, CONFIG, log, options);
  const { port } = await listen(server, { port: 0, host: "127.0.0.1" });
  return { port, logged };
}

test("what no handler caught is answered as our fault and logged under the same request id", async () => {
  const broken = new Error("a page that cannot be rendered");
  const { port, logged } = await serve((_, response) => {
    response.setHeader("content-length", "7");
    throw broken;
  });
  const answer = await fetch(`http://127.0.0.1:${port}/api/apps?ticket=secret`);
  expect(answer.status).toBe(500);
  const { error } = (await answer.json()) as { error: Record<string, string> };
  expect(error).toMatchObject({
    code: "internal",
    request_id: answer.headers.get("x-request-id"),
  });
  expect(logged).toHaveBeenCalledWith(
    { err: broken, requestId: error["request_id"], route: "GET /api/apps" },
    "GET /api/apps failed",
  );
});

test("an answer that fails half-way is cut off, so that nobody takes it for whole", async () => {
  const { port } = await serve((_, response) => {
    response.write("the first half");
    return Promise.reject(new Error("the second half is not there"));
  });
  await expect(
    fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text()),
  ).rejects.toThrow();
});

test("a caller that was answered and never ends its body does not keep the connection", async () => {
  const { port } = await serve(
    (_, response) => {
      response.end("no");
      return Promise.resolve();
    },
    { leftBodyMs: 50 },
  );
  const caller = connect(port, "127.0.0.1");
  const trickle = setInterval(() => caller.write("x"), 10);
  caller.on("error", () => undefined);
  caller.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nx");
  caller.resume();
  // Not `once`: whether it ends with a reset besides is chance.
  await new Promise((resolve) => caller.once("close", resolve));
  clearInterval(trickle);
  expect(caller.destroyed).toBe(true);
});

test("a body that nobody wanted to the end is taken all the same, and its connection serves the next request in peace", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { port } = await serve(async (request, response) => {
    if (request.method === "GET") {
      vi.advanceTimersByTime(60_000);
      response.end("welcome");
      return;
    }
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      response.write(`enough: ${String(chunk)}`);
      break;
    }
    response.end();
  });
  const caller = connect(port, "127.0.0.1").setEncoding("utf8");
  const heard = saidTo(caller);
  // More than is read ahead, so that it does not all come unless somebody goes on reading.
  const rest = "x".repeat(8 * 1024 * 1024);
  caller.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${rest.length + 1}\r\n\r\nx`);
  await heard("enough: x");
  caller.write(rest);
  caller.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await heard("welcome");
  caller.destroy();
});

/** Waits for words in what a connection brings. */
function saidTo(caller: Socket): (words: string) => Promise<void> {
  let said = "";
  caller.on("data", (text: string) => (said += text));
  return async (words) => {
    while (!said.includes(words)) await once(caller, "data");
  };
}
