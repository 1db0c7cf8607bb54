import type { Duplex } from "node:stream";

/** What an RFB server says first (RFC 6143, 7.1.1). */
export const RFB_GREETING = "RFB ";

/**
 * Whether the first thing that comes from the other end begins with these words: a proxy in between takes a connection
 * also while there is nobody behind it. False when it ends before, or `signal` aborts. The stream is used up.
 */
export function beginsWith(stream: Duplex, words: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isSo: boolean) => {
      signal.removeEventListener("abort", giveUp);
      stream.destroy();
      resolve(isSo);
    };
    const giveUp = () => settle(false);
    signal.addEventListener("abort", giveUp, { once: true });
    // `close` follows.
    stream.on("error", () => undefined);
    stream.once("close", giveUp);
    stream.once("data", (data: Buffer) => settle(data.toString("latin1").startsWith(words)));
  });
}
