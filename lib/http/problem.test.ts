import { Writable } from "node:stream";
import pino from "pino";
import { expect, test } from "vitest";
import { openDatabase } from "@/lib/db/database";
import { AppError } from "@/lib/errors/app-error";
import { problemResponse } from "./problem";

function answer(error: unknown) {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = pino({ level: "info" }, sink);
  const response = problemResponse(error, { requestId: "r-1", route: "GET /api/apps", log });
  return { response, lines };
}

test("an error of ours becomes its status, its sentence and its headers, and is not logged as a fault", async () => {
  const { response, lines } = answer(
    new AppError("rate_limited", "Wait a moment.", {
      retryAfterSeconds: 1.2,
      headers: { "upload-offset": "5" },
    }),
  );
  expect(response.status).toBe(429);
  expect(response.headers.get("retry-after")).toBe("2");
  expect(response.headers.get("upload-offset")).toBe("5");
  expect(await response.json()).toEqual({
    error: { code: "rate_limited", message: "Wait a moment.", request_id: "r-1" },
  });
  expect(lines).toEqual([]);
});

test("an unexpected error tells the caller nothing but the request id, and the log everything", async () => {
  const { response, lines } = answer(new Error("password is hunter2"));
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(text).toContain("r-1");
  expect(text).not.toContain("hunter2");
  expect(lines.join()).toMatch(/r-1.*hunter2|hunter2.*r-1/s);
  expect(lines.join()).toContain("problem.test.ts");
});

test("a database that is away is told as such, with when to come back", async () => {
  const db = openDatabase("postgresql://nobody@127.0.0.1:1/none");
  const attempts = [
    () => db.user.findFirst(),
    () => db.$queryRaw`SELECT 1`,
    () => db.$transaction((transaction) => transaction.user.count()),
  ];
  for (const attempt of attempts) {
    const error: unknown = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const { response } = answer(error);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ error: { code: "unavailable" } });
  }
  await db.$disconnect();
});
