import type { Population } from '../../population/population.js';
import { groupByDepth } from './depth-groups.js';
import { scoreEntropy } from './entropy-view.js';
import { scoreJointly } from './joint-view.js';
import { scoreNeighbors, type ViewOptions } from './neighbor-view.js';
import type { View } from './view.js';

/**
 * Scores samples by all views that a population has: neighbours in each depth group, all layers jointly, and the
 * entropy of the probabilities. `progress` gets the share that is done.
 */
export async function computeViews(
  { n, units, probabilities, classNames }: Population,
  options: ViewOptions,
  progress: (share: number) => void,
): Promise<View[]> {
  const groups = groupByDepth(units!);
  const views: View[] = [];
  for (const [at, group] of groups.entries()) {
    options.signal?.throwIfAborted();
    const scores = await scoreNeighbors(units!, n, group, options);
    views.push({ title: group.title, depth: group.depth, weight: 1 / groups.length, scores });
    progress((at + 1) / (groups.length + 1));
  }
  const joint = scoreJointly(units!, n, groups, options);
  views.push({ title: 'all layers together', depth: undefined, weight: 1, scores: joint });
  if (probabilities !== undefined && classNames.length > 1) {
    const scores = scoreEntropy(probabilities, classNames.length, options.rows);
    views.push({ title: 'probabilities', depth: undefined, weight: 1, scores });
  }
  return views;
}
