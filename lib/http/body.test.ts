import { expect, test } from "vitest";
import { readForm, readJson } from "./body";
import { smallBody } from "./request-body";

/** A request that has sent `part` of its body and then hangs; `cancelled` tells whether anybody still waits for more. */
function hanging(part: string) {
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(part)),
    cancel: () => {
      isCancelled = true;
    },
  });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  return { request: new Request("http://sortie.test/", init), cancelled: () => isCancelled };
}

test.each([
  ["JSON", (request: Request) => readJson(request, { deadlineMs: 20 })],
  ["a form", (request: Request) => readForm(request, { deadlineMs: 20 })],
  ["a picture", (request: Request) => smallBody(request, 1_000, { deadlineMs: 20 })],
])(
  "who begins to send %s and never ends is sent away, and the connection closed",
  async (_, read) => {
    const { request, cancelled } = hanging('{"name": ');
    await expect(read(request)).rejects.toMatchObject({
      code: "request_timeout",
      httpStatus: 408,
      headers: { Connection: "close" },
    });
    expect(cancelled()).toBe(true);
  },
);

test("a body that is too large is refused at once, and nobody waits for its end", async () => {
  const { request, cancelled } = hanging("x".repeat(70_000));
  await expect(readJson(request)).rejects.toMatchObject({ code: "too_large" });
  expect(cancelled()).toBe(true);
});

test("a small body arrives whole, in whatever pieces", async () => {
  const euro = new TextEncoder().encode('"€"');
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of euro) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const init = { method: "POST", body, duplex: "half" } as RequestInit;
  expect(await readJson(new Request("http://sortie.test/", init))).toBe("€");
  expect(await readJson(new Request("http://sortie.test/"))).toEqual({});
});
