/** Bytes that come in pieces and are taken in other ones. */
export class ByteQueue {
  private readonly pieces: Uint8Array[] = [];
  private start = 0;
  private size = 0;

  push(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.size += piece.length;
  }

  /** The next bytes, in a buffer of their own; `undefined` while there are fewer. */
  take(length: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.size < length) return undefined;
    const taken = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const piece = this.pieces[0]!;
      const part = piece.subarray(this.start, this.start + length - at);
      taken.set(part, at);
      at += part.length;
      this.start += part.length;
      if (this.start === piece.length) {
        this.pieces.shift();
        this.start = 0;
      }
    }
    this.size -= length;
    return taken;
  }
}
