import { concat } from "@/lib/media/concat";
import { footageOf, repeated } from "@/tests/bench/long-recording";
import { captures } from "./captures";

/** A real recording, long enough for many parts in S3. */
export interface LongStream {
  /** As a browser would send it. */
  readonly bytes: Uint8Array;
  /** What is stored of it behind the header, which is another. */
  readonly body: Uint8Array;
}

/** What Chromium recorded, several times over, filled up with Void to some `sizeMebibytes`. */
export async function longStream(sizeMebibytes: number): Promise<LongStream> {
  const footage = footageOf((await captures()).vp9.bytes);
  const bytes = concat(...repeated(footage, 4 * footage.lengthMs, sizeMebibytes * 2 ** 20));
  return { bytes, body: bytes.subarray(footage.head.length) };
}
