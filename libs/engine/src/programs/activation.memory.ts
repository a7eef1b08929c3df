import type { CompiledModel } from '@noema/layers';
import { type Dim, elementCount, type Graph, listReads } from '@noema/onnx';

/** Most samples of a batch: enough for dense layers, a multiple of the groups that convolutions take. */
export const MAX_BATCH_ROWS = 64;

/** Default memory limit of a worker. */
export const DEFAULT_WORKER_BYTES = 1.5 * 2 ** 30;
/** Memory of an idle worker: the process, its threads, the program. */
const RESTING_BYTES = 2 ** 29;
/**
 * A run holds more than the live tensors: copies by operators that pad or transpose, and groups of samples in
 * addition to the whole. Measured: up to 3.8 times.
 */
const OVERHEAD = 4;
/**
 * A session holds a program's weights several times: as they came, as constants, and in the layouts that
 * convolutions read. Measured: 3.8.
 */
const SESSION_COPIES = 4;
/** In addition to sessions, a worker holds the weights, and a program built from them. */
const OWN_COPIES = 2;
/** Share of a worker's memory that the programs of all sessions may take, once each. */
const SESSION_SHARE = 1 / 16;
/** From this size of a batch on, memory is freed after a run. */
const LARGE_BYTES = 64 * 2 ** 20;

const countBytes = (dims: readonly Dim[] | undefined): number =>
  dims?.[0] === 'n'
    ? 4 * elementCount(dims.slice(1).filter((size): size is number => typeof size === 'number'))
    : 0;

/**
 * Activation memory of one sample in bytes: the tensors that are live at the same time in a forward pass, and
 * all tensors, which a backward pass reads.
 */
export interface ActivationBytes {
  readonly peak: number;
  readonly total: number;
}

/**
 * Computes the memory from the shapes of a model's tensors. Each is live from the operator that writes it to
 * the last that reads it.
 */
export function activationBytes({
  graph,
  shapes,
  inputs,
}: Pick<CompiledModel, 'graph' | 'shapes' | 'inputs'>): ActivationBytes {
  const last = lastReads(graph);
  const dying = new Map<number, string[]>();
  for (const [name, at] of last) dying.set(at, [...(dying.get(at) ?? []), name]);
  let live = inputs.reduce((sum, { dims }) => sum + countBytes(dims), 0);
  let peak = live;
  let total = live;
  graph.nodes.forEach(({ outputs }, at) => {
    const made = outputs.reduce((sum, name) => sum + countBytes(shapes.get(name)), 0);
    live += made;
    total += made;
    peak = Math.max(peak, live);
    for (const name of dying.get(at) ?? []) live -= countBytes(shapes.get(name));
  });
  return { peak, total };
}

/** The position of the last operator that reads each tensor. */
function lastReads({ nodes, outputs }: Graph): Map<string, number> {
  const last = new Map<string, number>();
  const results = new Set(outputs.map(({ name }) => name));
  nodes.forEach((node, at) => {
    for (const name of listReads(node)) if (!results.has(name)) last.set(name, at);
  });
  return last;
}

export interface WorkerLimits {
  /** Number of concurrent runs. */
  readonly threads: number;
  /** Memory that the whole worker may use. */
  readonly workerBytes?: number | undefined;
}

export interface BatchLimits extends WorkerLimits {
  /** True if gradients are computed, which needs all activations. */
  readonly backward?: boolean;
}

/** Bytes of programs whose sessions all threads together may keep. */
export const sessionBytes = (workerBytes = DEFAULT_WORKER_BYTES): number => workerBytes * SESSION_SHARE;

/**
 * Number of threads that may have a session of a program of this size: all for small programs, at least one.
 */
export const countLanes = (programBytes: number, { threads, workerBytes }: WorkerLimits): number =>
  Math.min(threads, Math.max(1, Math.floor(sessionBytes(workerBytes) / Math.max(programBytes, 1))));

/** Bytes of a model's weights and constants. */
function weightBytes({
  graph: { initializers },
  parameters,
}: Pick<CompiledModel, 'graph' | 'parameters'>): number {
  const constants = [...initializers.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  return parameters.reduce((sum, { dims }) => sum + 4 * elementCount(dims), constants);
}

/**
 * Returns the number of samples per batch, at most `MAX_BATCH_ROWS`, for which all threads together,
 * including the weights of their sessions, stay within the memory of the worker.
 */
export function batchRows(
  model: Pick<CompiledModel, 'graph' | 'shapes' | 'inputs' | 'parameters'>,
  { threads, workerBytes = DEFAULT_WORKER_BYTES, backward = false }: BatchLimits,
): number {
  const { peak, total } = activationBytes(model);
  const perSample = OVERHEAD * (backward ? total : peak);
  const weights = weightBytes(model);
  const lanes = countLanes(weights, { threads, workerBytes });
  const free = workerBytes - RESTING_BYTES;
  const left = Math.min(free / 2, free - weights * (SESSION_COPIES * lanes + OWN_COPIES));
  const fitting = Math.floor(left / lanes / Math.max(perSample, 1));
  // Convolutions go through the graph in groups of 4.
  return Math.min(MAX_BATCH_ROWS, fitting < 4 ? Math.max(1, fitting) : fitting - (fitting % 4));
}

/** Memory of the runs of a program. */
export interface RunMemory {
  /** True if a full batch is so large that its memory is freed after each run. */
  readonly isLarge: boolean;
  /** Memory that a session keeps for the next run, at most, in bytes. */
  readonly keptBytes: number;
}

/** The memory of full batches of a model; with `backward` of a pass that computes gradients. */
export function runMemory(
  model: Pick<CompiledModel, 'graph' | 'shapes' | 'inputs'>,
  { backward = false }: { readonly backward?: boolean } = {},
): RunMemory {
  const { peak, total } = activationBytes(model);
  const isLarge = MAX_BATCH_ROWS * peak > LARGE_BYTES;
  return { isLarge, keptBytes: isLarge ? 0 : OVERHEAD * MAX_BATCH_ROWS * (backward ? total : peak) };
}

/** Bytes of programs that the session of a program counts for: copies of it, and the memory that runs keep. */
export const sessionCost = (programBytes: number, { keptBytes }: Pick<RunMemory, 'keptBytes'>): number =>
  programBytes + Math.ceil(keptBytes / SESSION_COPIES);
