export const PAGE_BYTES = 2 ** 16;
/** Those of 4 GiB, which is all that a kernel sees. */
export const MAX_PAGES = 2 ** 16;
/** A vector of four float32. */
const ALIGNED_TO = 16;

/** Lays arrays one after another in one memory, aligned to a vector. */
export abstract class ArrayLayout<B extends ArrayBufferLike> {
  /** Address 0 is none. */
  private top = ALIGNED_TO;

  /** An array of so many zeros, or a copy of one. Throws when the memory is too small. */
  floats(content: number | ArrayLike<number>): Float32Array<B> {
    return this.laid(Float32Array<B>, content);
  }

  /** The same of int32. */
  ints(content: number | ArrayLike<number>): Int32Array<B> {
    return this.laid(Int32Array<B>, content);
  }

  /** The same of float64. */
  doubles(content: number | ArrayLike<number>): Float64Array<B> {
    return this.laid(Float64Array<B>, content);
  }

  /** The same of bytes. */
  bytes(content: number | ArrayLike<number>): Uint8Array<B> {
    return this.laid(Uint8Array<B>, content);
  }

  /** The memory, with room for so many bytes. */
  protected abstract holding(bytes: number): B;

  private laid<T extends Float32Array<B> | Float64Array<B> | Int32Array<B> | Uint8Array<B>>(
    Kind: { new (buffer: B, offset: number, length: number): T; readonly BYTES_PER_ELEMENT: number },
    content: number | ArrayLike<number>,
  ): T {
    const length = typeof content === 'number' ? content : content.length;
    const offset = this.top;
    this.top += Math.ceil((Kind.BYTES_PER_ELEMENT * length) / ALIGNED_TO) * ALIGNED_TO;
    const array = new Kind(this.holding(this.top), offset, length);
    if (typeof content !== 'number') array.set(content);
    return array;
  }
}
