import { afterEach, expect, it, vi } from "vitest";
import { z } from "zod";
import { ApiProblem, nextOf, readApi, readPage } from "./api-client";

const answer = (body: unknown, init: ResponseInit = {}) =>
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json(body, init)));

afterEach(() => vi.unstubAllGlobals());

it("finds the next page in a Link header", () => {
  expect(nextOf('</api/recordings?cursor=abc&limit=5>; rel="next"')).toBe(
    "/api/recordings?cursor=abc&limit=5",
  );
  expect(nextOf('</a>; rel="prev"')).toBeNull();
  expect(nextOf(null)).toBeNull();
});

it("reads a page with the address of the next", async () => {
  answer([{ id: "1" }], { headers: { link: '</api/x?cursor=2>; rel="next"' } });
  await expect(readPage("/api/x", z.object({ id: z.string() }))).resolves.toEqual({
    items: [{ id: "1" }],
    next: "/api/x?cursor=2",
  });
});

it("passes the server's own sentence on", async () => {
  const error = { code: "forbidden", message: "Ask an administrator.", request_id: "r" };
  answer({ error }, { status: 403 });
  await expect(readApi("/api/x", z.unknown())).rejects.toMatchObject({
    code: "forbidden",
    message: "Ask an administrator.",
  });
});

it("says in words that nobody answered", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
  const problem: unknown = await readApi("/api/x", z.unknown()).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(ApiProblem);
  expect(problem).toMatchObject({ code: "unreachable" });
});

it("does not hand on a value of the wrong shape", async () => {
  answer({ id: 1 });
  await expect(readApi("/api/x", z.object({ id: z.string() }))).rejects.toBeInstanceOf(ApiProblem);
});
