import { DomainError } from '@noema/kernel';
import { ArrayLayout, MAX_PAGES, PAGE_BYTES } from './array-layout.js';

/** What threads share; a structured clone of it is the same memory. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  /** Adds pages of 64 KiB; views of before stay valid. */
  grow(pages: number): number;
}

/**
 * Memory that kernels work in and threads share, up to 4 GiB: arrays are laid one after another and are all
 * freed with it. A kernel takes an array by its `byteOffset`; a thread gets `shared` and the arrays by
 * structured clone. Throws `precondition` KERNEL_MEMORY when 4 GiB are too few.
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
