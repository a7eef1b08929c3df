import { DomainError } from '@noema/kernel';
import { ArrayLayout, MAX_PAGES, PAGE_BYTES } from './array-layout.js';

/** Memory of one thread, with a fixed size. */
export interface OwnMemory {
  readonly buffer: ArrayBuffer;
}

/**
 * Memory for kernels of a single thread, so that a runtime without shared memory can use its arrays too. It
 * has room for `bytes`, plus 16 for the alignment of each array. Throws `precondition` KERNEL_MEMORY above 4
 * GiB.
 */
export class ThreadMemory extends ArrayLayout<ArrayBuffer> {
  readonly own: OwnMemory;

  constructor(bytes: number) {
    super();
    const pages = Math.ceil(bytes / PAGE_BYTES);
    if (pages > MAX_PAGES)
      throw new DomainError(
        'precondition',
        'KERNEL_MEMORY',
        `the arrays of this computation take ${bytes} bytes, more than the 4 GiB that a kernel sees; ` +
          'ask for smaller batches',
      );
    this.own = new WebAssembly.Memory<ArrayBuffer>({ initial: pages, maximum: pages, shared: false });
  }

  protected holding(): ArrayBuffer {
    return this.own.buffer;
  }
}
