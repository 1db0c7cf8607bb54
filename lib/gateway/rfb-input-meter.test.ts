import fc from "fast-check";
import { expect, test } from "vitest";
import { createRfbInputMeter } from "./rfb-input-meter";

const HANDSHAKE = Buffer.concat([Buffer.from("RFB 003.008\n"), Buffer.from([2]), Buffer.alloc(17)]);

const SET_PIXEL_FORMAT = Buffer.alloc(20);
const SET_ENCODINGS = Buffer.from([2, 0, 0, 2, ...new Array<number>(8).fill(0)]);
const UPDATE_REQUEST = Buffer.from([3, 1, 0, 0, 0, 0, 5, 0, 2, 208]);
const CONTINUOUS_UPDATES = Buffer.from([150, 1, 0, 0, 0, 0, 5, 0, 2, 208]);
const FENCE = Buffer.from([248, 0, 0, 0, 0, 0, 0, 1, 3, 4, 4, 4]);
const DESKTOP_SIZE = Buffer.concat([
  Buffer.from([251, 0, 5, 0, 2, 208, 1, 0]),
  Buffer.alloc(16, 4),
]);
const CLIPBOARD_CAPABILITIES = Buffer.from([6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfc, 1, 0, 0, 0]);

const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);
const POINTER = Buffer.from([5, 0, 0, 9, 0, 9]);
const EXTENDED_POINTER = Buffer.from([5, 0x80, 0, 9, 0, 9, 1]);
const QEMU_KEY = Buffer.from([255, 0, 0, 1, 0, 0, 0, 97, 0, 0, 0, 30]);
const PASTE = Buffer.concat([Buffer.from([6, 0, 0, 0, 0, 0, 0, 5]), Buffer.alloc(5, 4)]);

const software = [
  SET_PIXEL_FORMAT,
  SET_ENCODINGS,
  UPDATE_REQUEST,
  CONTINUOUS_UPDATES,
  FENCE,
  DESKTOP_SIZE,
  CLIPBOARD_CAPABILITIES,
];

test("what a viewer's software says by itself is no input, wherever its bytes are cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...software), { maxLength: 20 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (messages, sizes) => {
        const meter = createRfbInputMeter();
        const answers = cut(Buffer.concat([HANDSHAKE, ...messages]), sizes).map((chunk) =>
          meter.feed(chunk),
        );
        expect(answers).not.toContain(true);
      },
    ),
  );
});

test.each([
  ["a key", KEY],
  ["a key with its scan code", QEMU_KEY],
  ["the pointer", POINTER],
  ["a pointer with more buttons", EXTENDED_POINTER],
  ["a paste", PASTE],
])("%s is input, wherever the bytes around it are cut", (_name, message) => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...software), { maxLength: 8 }),
      fc.array(fc.constantFrom(...software), { maxLength: 8 }),
      fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
      (before, after, sizes) => {
        const meter = createRfbInputMeter();
        const whole = Buffer.concat([HANDSHAKE, ...before, message, ...after]);
        const answers = cut(whole, sizes).map((chunk) => meter.feed(chunk));
        expect(answers.filter(Boolean)).toHaveLength(1);
      },
    ),
  );
});

test("a viewer whose messages are not known counts as used, never as idle", () => {
  const meter = createRfbInputMeter();
  expect(meter.feed(Buffer.concat([HANDSHAKE, Buffer.from([99])]))).toBe(true);
  expect(meter.feed(UPDATE_REQUEST)).toBe(true);
});

function cut(bytes: Buffer, sizes: Iterator<number>): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = start + Number(sizes.next().value);
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  return chunks;
}
