import type { Engine } from './engine.js';
import { countSamples } from './engine.metrics.js';
import type { Program } from './program.js';
import type { Tensors } from './tensors.js';

export interface Batches {
  readonly rows: number;
  readonly batchSize: number;
  /** The feeds of the rows [from, to). */
  readonly feeds: (from: number, to: number) => Tensors | Promise<Tensors>;
  /** Takes the outputs of the rows [from, to); batches may come in any order. */
  readonly take: (outputs: Tensors, from: number, to: number) => void | Promise<void>;
  readonly fetches?: readonly string[];
  /** Moves the feeds' memory to the thread instead of copying it, as `RunOptions.transfer` does: give every batch arrays of its own. */
  readonly transfer?: boolean;
  readonly signal?: AbortSignal;
}

/** Runs a program over many rows on all threads; at most one batch per thread, and one that waits for it, is in memory. Stops at the first failure. */
export async function runBatches(engine: Engine, program: Program, { rows, batchSize, feeds, take, fetches, transfer = false, signal }: Batches): Promise<void> {
  const stop = new AbortController();
  const until = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < rows) {
      const from = next;
      const to = (next = Math.min(rows, from + batchSize));
      const outputs = await engine.run(program, await feeds(from, to), { signal: until, transfer, ...(fetches === undefined ? {} : { fetches }) });
      countSamples('run', to - from);
      await take(outputs, from, to);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(engine.threads + 1, Math.ceil(rows / batchSize)) }, lane));
  } finally {
    // Of several lanes that fail, the first tells why; the others stop.
    stop.abort();
  }
}
