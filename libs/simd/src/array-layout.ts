export const PAGE_BYTES = 2 ** 16;
/** Pages of 4 GiB, the limit of a kernel's addresses. */
export const MAX_PAGES = 2 ** 16;
/** Alignment: a vector of four float32. */
const ALIGNED_TO = 16;

/** Allocates arrays one after another in one memory, aligned to a vector. */
export abstract class ArrayLayout<B extends ArrayBufferLike> {
  /** Address 0 is reserved for "none". */
  private top = ALIGNED_TO;

  /**
   * Returns a float32 array of `content` zeros, or a copy of `content`. Throws if the memory is too small.
   */
  floats(content: number | ArrayLike<number>): Float32Array<B> {
    return this.laid(Float32Array<B>, content);
  }

  /** The same for int32. */
  ints(content: number | ArrayLike<number>): Int32Array<B> {
    return this.laid(Int32Array<B>, content);
  }

  /** The same for float64. */
  doubles(content: number | ArrayLike<number>): Float64Array<B> {
    return this.laid(Float64Array<B>, content);
  }

  /** The same for bytes. */
  bytes(content: number | ArrayLike<number>): Uint8Array<B> {
    return this.laid(Uint8Array<B>, content);
  }

  /** Returns the memory, with room for the given number of bytes. */
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
