import { elementCount, float32, type TensorData } from '@noema/onnx';
import type { Engine } from './engine.js';
import { countSamples } from './engine.metrics.js';
import type { Program } from './program.js';
import type { ResidentTensor, TrainingData } from './trainer/training.data.js';

/** A program output of all rows, [rows, …rowDims] float32, and the shared memory that it is written to. */
export interface RowsOutput {
  readonly output: string;
  readonly target: ResidentTensor;
}

export interface Rows {
  readonly rows: number;
  /** Rows that the runtime computes at once. */
  readonly batchSize: number;
  /** Inputs of all rows. */
  readonly feeds: TrainingData;
  /**
   * Outputs and their destinations. A list, because equal computations are one program output that several
   * targets may need.
   */
  readonly into: readonly RowsOutput[];
  /** Called with the rows done so far. */
  readonly onRows?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Number of batches between two progress reports of a thread. */
const BATCHES_AT_ONCE = 4;

/**
 * Runs a program over rows in shared memory on all threads, which read and write them there: nothing is sent
 * to and fro. Stops at the first failure; throws as `Engine.run`.
 */
export function runRows(
  engine: Engine,
  program: Program,
  { rows, batchSize, feeds, into, onRows, signal }: Rows,
): Promise<void> {
  const written = new Map(into.toReversed().map(({ output, target }) => [output, target]));
  const copied = into.filter(({ output, target }) => written.get(output) !== target);
  let done = 0;
  return inLanes(engine, { rows, step: BATCHES_AT_ONCE * batchSize, signal }, async (from, to, until) => {
    const part = ([name, { data, rowDims }]: readonly [string, ResidentTensor]): [string, TensorData] => {
      const width = elementCount(rowDims);
      return [name, float32(data.subarray(from * width, to * width), [to - from, ...rowDims])];
    };
    const given = [...feeds].filter(([name]) => program.inputs.some((input) => input.name === name));
    await engine.run(program, Object.fromEntries(given.map(part)), {
      signal: until,
      rows: { batchSize, into: Object.fromEntries([...written].map(part)) },
    });
    for (const { output, target } of copied) copyRows(written.get(output)!, target, { from, to });
    countSamples('run', to - from);
    onRows?.((done += to - from));
  });
}

function copyRows(
  source: ResidentTensor,
  target: ResidentTensor,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const width = elementCount(source.rowDims);
  target.data.set(source.data.subarray(from * width, to * width), from * width);
}

/**
 * Runs the work in steps, one per thread and one waiting. The first failure is reported; the other steps
 * stop.
 */
async function inLanes(
  engine: Engine,
  {
    rows,
    step,
    signal,
  }: { readonly rows: number; readonly step: number; readonly signal: AbortSignal | undefined },
  work: (from: number, to: number, until: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const until = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < rows) {
      const from = next;
      await work(from, (next = Math.min(rows, from + step)), until);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(engine.threads + 1, Math.ceil(rows / step)) }, lane));
  } finally {
    stop.abort();
  }
}
