import type { Tensors } from '../tensors.js';

export interface BackendOptions {
  /** Threads inside one operator; 1 when several workers run side by side. */
  readonly intraOpThreads: number;
  /** The program's tensors are large: memory of a run is returned to the system instead of reused. */
  readonly isLarge?: boolean;
}

/** A program loaded on one device. One thread at a time uses it. */
export interface BackendSession {
  /**
   * Runs once and blocks its thread. Computes and returns only the outputs in `fetches`. Outputs in `into`
   * are written to these arrays, which must have the right size and must not be in shared memory.
   */
  readonly run: (
    feeds: Tensors,
    fetches: readonly string[],
    into?: Tensors,
  ) => Promise<Record<string, Tensors[string]>>;
  readonly dispose: () => Promise<void>;
}

/**
 * One way to run programs. It never runs on another device than its own: when that is absent, `open` throws.
 */
export interface Backend {
  readonly key: string;
  /** Name of the engine in results, such as `onnxruntime-cpu`. */
  readonly runtime: string;
  /** It knows Scan, and is quicker where convolutions look at a few samples at a time. */
  readonly inGroups: boolean;
  /**
   * Throws `invalid` PROGRAM_INVALID for a program that the runtime refuses, `unavailable` DEVICE_UNAVAILABLE
   * without the device.
   */
  open(bytes: Uint8Array, options: BackendOptions): Promise<BackendSession>;
}
