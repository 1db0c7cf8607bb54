/** A stream as it passed by on the wire, in pieces that may come again. */
export class Tape {
  private bytes: Buffer = Buffer.alloc(0);

  get recorded(): Uint8Array {
    return this.bytes;
  }

  /** Answers whether the piece is what passed by at this place before, where something did. */
  write(offset: number, piece: Uint8Array): boolean {
    const known = this.bytes.subarray(offset, offset + piece.length);
    const isSame = known.equals(piece.subarray(0, known.length));
    const isNext = offset <= this.bytes.length;
    if (isNext) this.bytes = Buffer.concat([this.bytes, piece.subarray(known.length)]);
    return isSame && isNext;
  }
}
