import { DomainError } from '@noema/kernel';

const PAGE_BYTES = 2 ** 16;
const MOST_PAGES = 2 ** 16;
/** A vector of four float32. */
const ALIGNED_TO = 16;

/** What threads share; a structured clone of it is the same memory. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB; views of before stay valid. */
  grow(pages: number): number;
}

/**
 * Memory that kernels work in and threads share, up to 4 GiB: arrays are laid one after another and are all freed with it.
 * A kernel takes an array by its `byteOffset`; a thread gets `shared` and the arrays by structured clone.
 */
export class KernelMemory {
  readonly shared: SharedMemory = new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  /** Address 0 is none. */
  private top = ALIGNED_TO;

  /** An array of so many zeros, or a copy of one. Throws `precondition` KERNEL_MEMORY when 4 GiB are too few. */
  floats(content: number | ArrayLike<number>): Float32Array {
    return this.laid(Float32Array, content);
  }

  /** The same of int32. */
  ints(content: number | ArrayLike<number>): Int32Array {
    return this.laid(Int32Array, content);
  }

  /** The same of float64. */
  doubles(content: number | ArrayLike<number>): Float64Array {
    return this.laid(Float64Array, content);
  }

  /** The same of bytes. */
  bytes(content: number | ArrayLike<number>): Uint8Array {
    return this.laid(Uint8Array, content);
  }

  private laid<T extends Float32Array | Float64Array | Int32Array | Uint8Array>(Kind: { new (buffer: SharedArrayBuffer, offset: number, length: number): T; readonly BYTES_PER_ELEMENT: number }, content: number | ArrayLike<number>): T {
    const length = typeof content === 'number' ? content : content.length, offset = this.top;
    this.top += Math.ceil((Kind.BYTES_PER_ELEMENT * length) / ALIGNED_TO) * ALIGNED_TO;
    const missing = Math.ceil(this.top / PAGE_BYTES) - this.shared.buffer.byteLength / PAGE_BYTES;
    if (this.top > MOST_PAGES * PAGE_BYTES) throw new DomainError('precondition', 'KERNEL_MEMORY', `the arrays of this computation take ${this.top} bytes, more than the 4 GiB that its threads share; ask for fewer points or dimensions`);
    if (missing > 0) this.shared.grow(missing);
    const array = new Kind(this.shared.buffer, offset, length);
    if (typeof content !== 'number') array.set(content);
    return array;
  }
}
