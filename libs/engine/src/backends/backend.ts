import type { Tensors } from '../tensors.js';

export interface BackendOptions {
  /** Threads inside one operator; 1 when several workers run side by side. */
  readonly intraOpThreads: number;
  /**
   * The program's tensors are large: memory of a run is given back to the system rather than kept for the
   * next.
   */
  readonly isLarge?: boolean;
}

/** A program made ready on one device, used by one thread at a time. */
export interface BackendSession {
  /**
   * Runs once; blocks its thread. Only the outputs in `fetches` are computed and given; those in `into` are
   * written to these arrays, which have their size and lie in memory that is not shared.
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
  /** What results name as having computed them, such as `onnxruntime-cpu`. */
  readonly runtime: string;
  /** It knows Scan, and is quicker where convolutions look at a few samples at a time. */
  readonly inGroups: boolean;
  /**
   * Throws `invalid` PROGRAM_INVALID for a program that the runtime refuses, `unavailable` DEVICE_UNAVAILABLE
   * without the device.
   */
  open(bytes: Uint8Array, options: BackendOptions): Promise<BackendSession>;
}
