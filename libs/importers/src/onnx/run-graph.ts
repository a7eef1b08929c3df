import { backends } from '@noema/engine';
import type { TensorData } from '@noema/onnx';
import { fileInvalid } from '../import.errors.js';

type Tensors = Record<string, TensorData>;

/** Longest part of a message of the runtime that is passed on. */
const MAX_CHARS = 400;

/**
 * Runs an encoded graph once for each of the feeds, on one core, and returns the fetched tensors of each run. Throws
 * `invalid` MODEL_FILE_INVALID, worded by `describeFault` from the message of the runtime, if the runtime refuses it.
 */
export async function runGraph(
  bytes: Uint8Array,
  feeds: readonly Tensors[],
  fetches: readonly string[],
  describeFault: (message: string) => string,
): Promise<Tensors[]> {
  try {
    const session = await backends.get('cpu').open(bytes, { intraOpThreads: 1 });
    try {
      const runs = [];
      for (const feed of feeds) runs.push(await session.run(feed, fetches));
      return runs;
    } finally {
      await session.dispose();
    }
  } catch (cause) {
    throw fileInvalid(describeFault(findMessage(cause)), cause);
  }
}

/** Returns the message of the runtime on one line; an engine may have wrapped its error. */
function findMessage(fault: unknown): string {
  const inner = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
  return (inner instanceof Error ? inner.message : String(inner)).replaceAll(/\s+/g, ' ').slice(0, MAX_CHARS);
}
