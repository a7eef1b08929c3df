import { runThreads, threadsFor } from '@noema/threads';
import { createCounter } from './blocks.js';
import { copyTasks, type CopyTasks } from './copy-tasks.js';

const SCRIPT = new URL('../../insights.worker.js', import.meta.url);
/** Items that are worth a thread. */
const ITEMS_PER_THREAD = 300;

export interface ThreadedOptions {
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
}

type ItemTask = 'sketchSamples' | 'searchCandidates' | 'comparePairs';

/** Runs a task on all its items, in this thread if there are few of them. Throws when the signal aborts. */
export async function runOnItems<Name extends ItemTask>(
  name: Name,
  work: Omit<Parameters<CopyTasks[Name]>[0], 'counter'>,
  { items, threads, signal }: ThreadedOptions & { readonly items: number },
): Promise<void> {
  signal?.throwIfAborted();
  const task = { ...work, counter: createCounter() };
  const useful = threadsFor(threads, Math.ceil(items / ITEMS_PER_THREAD));
  if (useful === 1) (copyTasks[name] as (one: typeof task) => void)(task);
  else await runThreads({ script: SCRIPT, name, tasks: new Array<unknown>(useful).fill(task), signal });
}

/** Grows trees over points, some at a time. */
export async function growForest(
  points: Parameters<CopyTasks['growTree']>[0]['points'],
  { trees, seed }: { readonly trees: number; readonly seed: number },
  { threads, signal }: ThreadedOptions,
): Promise<ReturnType<CopyTasks['growTree']>[]> {
  const tasks = Array.from({ length: trees }, (_, tree) => ({ points, seed, tree }));
  const useful = threadsFor(threads, Math.ceil(points.n / ITEMS_PER_THREAD));
  if (useful === 1) return tasks.map(copyTasks.growTree);
  const forest: ReturnType<CopyTasks['growTree']>[] = [];
  for (let at = 0; at < trees; at += useful)
    forest.push(
      ...(await runThreads<ReturnType<CopyTasks['growTree']>>({
        ...{ script: SCRIPT, name: 'growTree', signal },
        tasks: tasks.slice(at, at + useful),
      })),
    );
  return forest;
}
