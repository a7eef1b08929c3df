import { DomainError } from '@noema/kernel';
import { ArrayLayout, MAX_PAGES, PAGE_BYTES } from './array-layout.js';

/** Memory that threads share. A structured clone is the same memory. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB. Existing views stay valid. */
  grow(pages: number): number;
}

/**
 * Memory for kernels, shared between threads, up to 4 GiB. Arrays are allocated one after another and freed
 * together with the memory. Pass an array to a kernel by its `byteOffset`; pass `shared` and the arrays to a
 * thread by structured clone. Throws `precondition` KERNEL_MEMORY above 4 GiB.
 */
export class KernelMemory extends ArrayLayout<SharedArrayBuffer> {
  readonly shared: SharedMemory = new WebAssembly.Memory<SharedArrayBuffer>({
    initial: 1,
    maximum: MAX_PAGES,
    shared: true,
  });

  protected holding(bytes: number): SharedArrayBuffer {
    const missing = Math.ceil(bytes / PAGE_BYTES) - this.shared.buffer.byteLength / PAGE_BYTES;
    if (bytes > MAX_PAGES * PAGE_BYTES)
      throw new DomainError(
        'precondition',
        'KERNEL_MEMORY',
        `the arrays of this computation take ${bytes} bytes, more than the 4 GiB that its threads ` +
          'share; ask for fewer points, dimensions or parameters',
      );
    if (missing > 0) this.shared.grow(missing);
    return this.shared.buffer;
  }
}
