/** What is left of the chunks, one after the other, without their first `sizeBytes`. Copies nothing. */
export function withoutFirst(buffers: readonly Uint8Array[], sizeBytes: number): Uint8Array[] {
  let left = sizeBytes;
  return buffers.flatMap((buffer) => {
    const taken = Math.min(left, buffer.byteLength);
    left -= taken;
    return taken === buffer.byteLength ? [] : [buffer.subarray(taken)];
  });
}
