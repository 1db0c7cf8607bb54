import fc from "fast-check";
import { damageArbitrary, damaged } from "./hostile-streams";
import { asHeader, type Generator, nasty } from "./hostile-values";

const BOUNDARY = "----a-boundary";

interface Part {
  readonly name: string;
  readonly filename: string | null;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** RFC 7578, with nothing escaped that ought to be. */
function encodePart({ name, filename, type, bytes }: Part): Buffer {
  const file = filename === null ? "" : `; filename="${asHeader(filename)}"`;
  const head = [
    `--${BOUNDARY}`,
    `Content-Disposition: form-data; name="${asHeader(name)}"${file}`,
    `Content-Type: ${asHeader(type)}`,
  ];
  const lines = `${head.join("\r\n")}\r\n\r\n`;
  return Buffer.concat([Buffer.from(lines, "latin1"), bytes, Buffer.from("\r\n")]);
}

const encode = (parts: readonly Part[]) =>
  Buffer.concat([...parts.map(encodePart), Buffer.from(`--${BOUNDARY}--\r\n`)]);

/** Forms that send a whole recording: too little, too much, in the wrong order, damaged. */
export const multipartBodies: Generator = (known) => {
  const text = (name: string, value: string): Part => ({
    ...{ name, filename: null, type: "text/plain" },
    bytes: Buffer.from(value),
  });
  const file = fc.record({
    name: fc.constantFrom("file", "file", "file", "other"),
    filename: fc.oneof(fc.constant("a.webm"), nasty),
    type: fc.oneof(fc.constant("video/webm"), nasty),
    bytes: fc.oneof(
      fc.nat({ max: 70_000 }).map((length) => known.stream.subarray(0, length)),
      fc.uint8Array({ maxLength: 500 }),
    ),
  });
  const field = fc.tuple(fc.oneof(fc.constantFrom("recording_id", "duration"), nasty), nasty);
  return fc
    .record({
      of: fc.constantFrom(...known.forForms),
      fields: fc.array(
        field.map(([name, value]) => text(name, value)),
        { maxLength: 2 },
      ),
      files: fc.array(file, { maxLength: 2 }),
      isFileFirst: fc.boolean(),
      damages: fc.array(damageArbitrary, { maxLength: 2 }),
      type: fc.oneof(
        { weight: 6, arbitrary: fc.constant(`multipart/form-data; boundary=${BOUNDARY}`) },
        {
          weight: 1,
          arbitrary: fc.constantFrom("multipart/form-data", "multipart/form-data; boundary="),
        },
        { weight: 1, arbitrary: nasty.map(asHeader) },
      ),
    })
    .map(({ of, fields, files, isFileFirst, damages, type }) => {
      const named = [text("recording_id", of.id), ...fields];
      const parts = isFileFirst ? [...files, ...named] : [...named, ...files];
      return {
        method: "POST",
        path: `/api/sessions/${of.sessionId}/recording/upload`,
        headers: [
          ["cookie", known.cookies[0] ?? ""],
          ["content-type", type],
        ],
        body: damages.reduce<Uint8Array>(damaged, encode(parts)),
      };
    });
};
