import { runThreads, shared, type ThreadGroupOptions, threadsFor } from '@noema/threads';
import { type Basis, type BasisOptions, countDimensions } from './basis.js';
import { splitBands } from './co-moments.js';
import { EXACT_UNITS, type Moments, computeMoments } from './moments.js';
import type { CoMomentsTask, FitTask, ProjectTask, TaskName } from './perception.tasks.js';
import type { PerceptionSpace } from './perception-space.js';
import { project } from './projection.js';
import { type ResponseLayout, rowCount } from './response-layout.js';

export interface ThreadedOptions {
  /** Maximum number of threads. Default: the available parallelism of the process. */
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal;
}

const SCRIPT = new URL('./perception.worker.js', import.meta.url);
/**
 * Products per thread worth waiting for, and minimum products for a thread at all: about 20 and 3
 * milliseconds.
 */
const PER_THREAD = 1e8;
const AT_ONCE = 1.5e7;

const group = (
  name: TaskName,
  tasks: readonly unknown[],
  signal: AbortSignal | undefined,
): ThreadGroupOptions => ({ script: SCRIPT, name, tasks, signal });

/**
 * Computes `computeMoments` in threads, each of which computes some rows of the matrix. The same bits for any
 * number of threads. Rejects with `cancelled`.
 */
export async function momentsInThreads(
  responses: Float32Array,
  d: number,
  { threads, signal, exactUnits = EXACT_UNITS }: ThreadedOptions & { readonly exactUnits?: number } = {},
): Promise<Moments> {
  const products = (responses.length * d) / 2;
  if (products < AT_ONCE || d > exactUnits) return computeMoments(responses, d, exactUnits);
  const task = {
    responses: shared(responses),
    d,
    coMoment: new Float64Array(new SharedArrayBuffer(8 * d * d)),
  };
  const tasks = splitBands(d, threadsFor(threads, Math.ceil(products / PER_THREAD))).map(
    (band): CoMomentsTask => ({ ...task, band }),
  );
  const [mean] = await runThreads<Float64Array>(group('coMoments', tasks, signal));
  return { count: responses.length / d, mean: mean!, coMoment: task.coMoment };
}

/**
 * Computes `fitBasis` in a worker thread, because a thousand units take seconds. Same bits, same errors, and
 * `cancelled` when the signal aborts.
 */
export async function fitBasisInThread(
  moments: Moments,
  layout: ResponseLayout,
  space: PerceptionSpace = { kind: 'all' },
  { signal, ...options }: BasisOptions & Pick<ThreadedOptions, 'signal'> = {},
): Promise<Basis> {
  const task: FitTask = { moments, layout, space, options };
  const [basis] = await runThreads<Basis>(group('fit', [task], signal));
  return basis!;
}

/**
 * Computes `project` in threads, each of which takes some of the rows. Same bits, same errors, and
 * `cancelled` when the signal aborts.
 */
export async function projectInThreads(
  basis: Basis,
  responses: Float32Array,
  firstRow = 0,
  { threads, signal }: ThreadedOptions = {},
): Promise<Float32Array> {
  const n = rowCount(basis.layout, responses);
  const k = countDimensions(basis);
  const products = responses.length * k;
  if (products < AT_ONCE) return project(basis, responses, firstRow);
  const rows = shared(responses);
  const d = basis.mean.length;
  const vectors = new Float32Array(new SharedArrayBuffer(4 * n * k));
  const parts = threadsFor(threads, Math.ceil(products / PER_THREAD));
  const tasks = Array.from({ length: parts }, (_, part): ProjectTask => {
    const from = Math.floor((n * part) / parts);
    const to = Math.floor((n * (part + 1)) / parts);
    return {
      basis,
      responses: rows.subarray(from * d, to * d),
      firstRow: firstRow + from,
      vectors: vectors.subarray(from * k, to * k),
    };
  });
  await runThreads(group('project', tasks, signal));
  return vectors;
}
