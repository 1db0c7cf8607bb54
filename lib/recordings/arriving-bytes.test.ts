import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { arrivingBytes } from "./arriving-bytes";

const never = new AbortController().signal;

async function collect(body: Readable, options = {}): Promise<string> {
  let text = "";
  for await (const chunk of arrivingBytes(body, { signal: never, ...options })) {
    text += Buffer.from(chunk).toString();
  }
  return text;
}

test("everything that arrives is passed on", async () => {
  expect(await collect(Readable.from([Buffer.from("one "), Buffer.from("two")]))).toBe("one two");
});

test("a sender that stalls is at its end, and its connection is let go", async () => {
  const body = new PassThrough();
  body.write("before the stall");
  expect(await collect(body, { stallTimeoutMs: 20 })).toBe("before the stall");
  expect(body.destroyed).toBe(true);
});

test("a sender that is told to end is at its end", async () => {
  const body = new PassThrough();
  body.write("so far");
  const ending = new AbortController();
  let text = "";
  for await (const chunk of arrivingBytes(body, { signal: ending.signal })) {
    text += Buffer.from(chunk).toString();
    ending.abort();
  }
  expect(text).toBe("so far");
});

test("an error of whoever takes the bytes is not mistaken for a gone sender", async () => {
  const taking = async () => {
    for await (const chunk of arrivingBytes(Readable.from(["a"]), { signal: never })) {
      throw new Error(`the disk refused ${chunk.length}`);
    }
  };
  await expect(taking()).rejects.toThrow("the disk refused 1");
});

test("a body that is not wanted to its end is not destroyed: the answer still has to go out", async () => {
  const body = Readable.from([Buffer.from("wanted"), Buffer.from("not wanted")]);
  for await (const chunk of arrivingBytes(body, { signal: never })) {
    expect(Buffer.from(chunk).toString()).toBe("wanted");
    break;
  }
  expect(body.destroyed).toBe(false);
});
