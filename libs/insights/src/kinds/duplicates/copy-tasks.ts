import type { Points } from '@noema/manifold';
import { type CandidateTask, searchCandidates } from './candidate.task.js';
import { type CompareTask, comparePairs } from './compare.task.js';
import { growTree, type Tree } from './point-forest.js';
import { type SketchTask, sketchSamples } from './sketch.task.js';

interface TreeTask {
  readonly points: Points;
  readonly seed: number;
  readonly tree: number;
}

/**
 * The parts of the search for copies that run in threads. Tasks take blocks of items from a counter and write at the
 * place of each item, so that the same bytes come out for any number of threads.
 */
export const copyTasks = {
  sketchSamples: (task: SketchTask): void => {
    sketchSamples(task);
  },
  growTree: ({ points, ...options }: TreeTask): Tree => growTree(points, options),
  searchCandidates: (task: CandidateTask): void => {
    searchCandidates(task);
  },
  comparePairs: (task: CompareTask): void => {
    comparePairs(task);
  },
};

export type CopyTasks = typeof copyTasks;
