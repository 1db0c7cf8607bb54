import { createCipheriv } from "node:crypto";
import type { Readable } from "node:stream";
import type { StorageState } from "@/lib/storage/recording-store";

/** All that a stream gives. */
export async function buffer(stream: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** A state as the row gives it back. */
export function saved(state: StorageState): StorageState {
  return JSON.parse(JSON.stringify(state)) as StorageState;
}

/** Bytes of which no two stretches are alike, the same at every run. */
export function noise(sizeBytes: number, seed: number): Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return cipher.update(Buffer.alloc(sizeBytes));
}

/** The same bytes, cut. */
export function inPieces(bytes: Buffer, pieceBytes: number): Buffer[] {
  const count = Math.ceil(bytes.byteLength / pieceBytes);
  return Array.from({ length: count }, (_, i) =>
    bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes),
  );
}
