import { footageOf, repeated } from "@/tests/bench/long-recording";
import { captures, mp4Captures } from "@/tests/support/captures";
import type { StreamPlan } from "../plan";

/** The bytes of a stream as a browser would give them. */
export async function streamOf({ footage, atLeastBytes }: StreamPlan): Promise<Uint8Array> {
  const bytes = await captureOf(footage);
  if (atLeastBytes === 0) return bytes;
  const recorded = footageOf(bytes);
  return Buffer.concat([...repeated(recorded, recorded.lengthMs, atLeastBytes)]);
}

async function captureOf(footage: StreamPlan["footage"]): Promise<Uint8Array> {
  switch (footage) {
    case "mp4/avc":
      return (await mp4Captures()).avc.bytes;
    case "mp4/vp9":
      return (await mp4Captures()).vp9.bytes;
    case "mp4/withAudio":
      return (await mp4Captures()).withAudio.bytes;
    case "webm/vp8":
      return (await captures()).vp8.bytes;
    case "webm/vp9":
      return (await captures()).vp9.bytes;
    case "webm/alpha":
      return (await captures()).alpha.bytes;
    case "webm/withAudio":
      return (await captures()).withAudio.bytes;
    case "webm/still":
      return (await captures()).still.bytes;
  }
}
