import fc from "fast-check";
import type { WireRequest } from "./hostile-client";
import type { StartedRecording } from "./recording-program";

export type HeaderList = readonly (readonly [string, string])[];

const NASTY_TEXTS = [
  ..."\0|%00|%|%zz|..|../../etc/passwd|' OR 1=1--|null|undefined|NaN|[object Object]|__proto__".split(
    "|",
  ),
  ...'true|[]|{}|\u202e|\ufffd|😀|\ud800|İ|ﬀ|\\|"|<script>|${7*7}|{{7*7}}| |\t|,|;|a,b|*|%_'.split(
    "|",
  ),
  "a".repeat(5_000),
  "ö".repeat(3_000),
];
export const NASTY_NUMBERS =
  "0|-0|-1|1.5|1e3|1e999|0x10|+1|01| 1|1 |9007199254740991|9007199254740992|9223372036854775808|Infinity|१".split(
    "|",
  );
const NASTY_TIMES =
  "2026-13-45|0000-00-00|9999-12-31|-271821-04-20|2026-11-21T00:00:00+99:99|now".split("|");

/** What there is on the server, for requests that are wrong in one place only. */
export interface Known {
  /** The `cookie` headers of those who ask. */
  readonly cookies: readonly string[];
  readonly sessionId: string;
  /** Finished, with bytes to read. */
  readonly recordingId: string;
  /** Live, each taking what it is sent. */
  readonly liveIds: readonly string[];
  readonly sizeBytes: number;
  /** Live, each to be sent as a form. */
  readonly forForms: readonly StartedRecording[];
  /** A stream in good order. */
  readonly stream: Uint8Array;
}

export type Generator = (known: Known) => fc.Arbitrary<WireRequest>;

/** Texts that programs are known to stumble over. */
export const nasty: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NASTY_TEXTS, ...NASTY_NUMBERS, ...NASTY_TIMES),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.bigInt().map(String),
);

/** A lone half of a character stands in no address. */
export const wellFormed = (text: string) => Buffer.from(text).toString();

/** A text as it may stand in a header: bytes, but none that would end it. */
export function asHeader(text: string): string {
  const bytes = Buffer.from(text).toString("latin1").slice(0, 3_000);
  // eslint-disable-next-line no-control-regex -- exactly what Node refuses to send
  return bytes.replaceAll(/[\0-\x08\x0a-\x1f\x7f]/g, "");
}

export const headerValue = nasty.map(asHeader);

/** Where a number of bytes belongs. */
export const count: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom("0", "5", "100", "65536") },
  { weight: 1, arbitrary: fc.constantFrom(...NASTY_NUMBERS).map(asHeader) },
  { weight: 1, arbitrary: headerValue },
);

/** A few of these headers; one may come twice. */
export function someOf(
  named: Readonly<Record<string, fc.Arbitrary<string>>>,
): fc.Arbitrary<HeaderList> {
  const each = Object.entries(named).map(([name, value]) => fc.tuple(fc.constant(name), value));
  return fc.array(fc.oneof(...each), { maxLength: 3 });
}

/** A header that is mostly as it should be, so that what comes after it is reached. */
export const mostly = (right: string): fc.Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: headerValue });
