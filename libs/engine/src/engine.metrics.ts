import { asDomainError } from '@noema/kernel';
import { counter, gauge, histogram, reportMetrics } from '@noema/observability';
import type { Tensors } from './tensors.js';

const runs = counter({
  name: 'noema_engine_runs_total',
  help: 'Runs of programs by outcome: ok, or the reason of the error.',
  labels: ['backend', 'outcome'],
});
const running = histogram({
  name: 'noema_engine_run_seconds',
  help: 'Time of a run on its thread, feeds and results handed over included.',
  labels: ['backend'],
});
const waiting = histogram({
  name: 'noema_engine_wait_seconds',
  help: 'Time that a run waited for a thread.',
  labels: ['backend'],
});
const samples = counter({
  name: 'noema_engine_samples_total',
  help: 'Samples that went through programs; the rate is the samples per second of this process.',
  labels: ['work'],
});
const epochs = histogram({
  name: 'noema_engine_epoch_seconds',
  help: 'Time of one epoch of a training.',
  labels: ['backend'],
  buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600],
});
const alive = gauge({
  name: 'noema_engine_tensors',
  help: 'Tensors of runs: fed ones of runs that wait or run, made ones that somebody still holds.',
  labels: ['state'],
});
const aliveBytes = gauge({
  name: 'noema_engine_tensor_bytes',
  help: 'Bytes of these tensors.',
  labels: ['state'],
});
const sessions = gauge({
  name: 'noema_engine_sessions',
  help: 'Programs that are loaded on the device, over all threads.',
  labels: ['backend'],
});
const threadsBusy = gauge({
  name: 'noema_engine_threads',
  help: 'Threads of the engine by state.',
  labels: ['backend', 'state'],
});

/** Reported state of a thread. */
export interface WatchedThread {
  readonly backend: string;
  readonly busy: boolean;
  readonly sessions: number;
}

const threads = new Set<WatchedThread>();

reportMetrics({
  name: 'engine',
  gauges: [sessions, threadsBusy],
  report: () => {
    for (const { backend, busy, sessions: count } of threads) {
      sessions.inc({ backend }, count);
      threadsBusy.inc({ backend, state: busy ? 'busy' : 'idle' });
    }
  },
});

/** Reports the threads of an engine from now on. Returns the function that stops it. */
export function watchThreads(added: readonly WatchedThread[]): () => void {
  for (const thread of added) threads.add(thread);
  return () => {
    for (const thread of added) threads.delete(thread);
  };
}

/** Counts a run that ended. */
export function countRun(
  backend: string,
  { waitMs, runMs, error }: { readonly waitMs: number; readonly runMs: number; readonly error?: unknown },
): void {
  runs.inc({ backend, outcome: error === undefined ? 'ok' : asDomainError(error).reason });
  waiting.observe({ backend }, waitMs / 1000);
  running.observe({ backend }, runMs / 1000);
}

/** Counts samples: `run` for programs over a population, `train` for training. */
export const countSamples = (work: 'run' | 'train', rows: number): void => {
  samples.inc({ work }, rows);
};

export const countEpoch = (backend: string, ms: number): void => {
  epochs.observe({ backend }, ms / 1000);
};

interface Size {
  readonly tensors: number;
  readonly bytes: number;
}

function measureSize(tensors: Tensors): Size {
  const all = Object.values(tensors);
  return { tensors: all.length, bytes: all.reduce((sum, { data }) => sum + data.byteLength, 0) };
}

function add(state: 'fed' | 'made', { tensors, bytes }: Size, sign: 1 | -1): void {
  alive.inc({ state }, sign * tensors);
  aliveBytes.inc({ state }, sign * bytes);
}

/** Counts the feeds of a run as alive until the returned function is called. */
export function holdFeeds(feeds: Tensors): () => void {
  const size = measureSize(feeds);
  add('fed', size, 1);
  return () => {
    add('fed', size, -1);
  };
}

const collected = new FinalizationRegistry<Size>((size) => {
  add('made', size, -1);
});

/** Counts the results of a run as alive until the garbage collector has freed them. */
export function holdResults(results: Tensors): void {
  for (const [name, tensor] of Object.entries(results)) {
    const size = measureSize({ [name]: tensor });
    add('made', size, 1);
    collected.register(tensor.data, size);
  }
}
