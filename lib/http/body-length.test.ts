import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { BODY_LENGTH_HEADER, restoreContentLength } from "./body-length";

let stop: (() => void) | undefined;
afterEach(() => stop?.());

/** Asks a server that answers with `handle`. */
async function ask(handle: RequestListener, method = "GET"): Promise<Response> {
  const server = createServer((request, response) => {
    restoreContentLength(response);
    handle(request, response);
  });
  stop = () => server.close();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { method });
}

test.each(["GET", "HEAD"])(
  "the length a handler told is the answer's own, for %s",
  async (method) => {
    const { headers } = await ask((_, response) => {
      response.setHeader(BODY_LENGTH_HEADER, "5");
      response.write("12");
      response.end("345");
    }, method);
    expect(headers.get("content-length")).toBe("5");
    expect(headers.has(BODY_LENGTH_HEADER)).toBe(false);
  },
);

test("an answer of unknown length is left as it is", async () => {
  const response = await ask((_, answer) => {
    answer.write("12");
    answer.end("345");
  });
  expect(response.headers.has("content-length")).toBe(false);
  expect(await response.text()).toBe("12345");
});
