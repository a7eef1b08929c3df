import { DomainError } from '@noema/kernel';
import { type NeighborGraph, takeNearest } from './neighbor-graph.js';

/**
 * Share of labelled neighbours with the point's own label: the mean over points, and the value of every point
 * [n] (1 if nothing can be compared).
 */
export interface LabelAgreement {
  readonly k: number;
  readonly mean: number;
  readonly perPoint: Float32Array;
}

/**
 * Computes the label agreement of the k nearest neighbours. `labels` [n] are class indexes, negative for
 * unlabelled points. Undefined if no pair is labelled.
 */
export function labelAgreement(
  graph: NeighborGraph,
  labels: Int32Array,
  k: number,
): LabelAgreement | undefined {
  if (labels.length !== graph.n)
    throw new DomainError('invalid', 'LABELS_SHAPE', `${labels.length} labels do not fit ${graph.n} points`);
  const { indices, n } = takeNearest(graph, k);
  const perPoint = new Float32Array(n).fill(1);
  let sum = 0;
  let compared = 0;
  for (let i = 0; i < n; i++) {
    let labelled = 0;
    let same = 0;
    for (let e = i * k; labels[i]! >= 0 && e < (i + 1) * k; e++) {
      const other = labels[indices[e]!]!;
      if (other >= 0) labelled++;
      if (other === labels[i]) same++;
    }
    if (labelled === 0) continue;
    perPoint[i] = same / labelled;
    sum += same / labelled;
    compared++;
  }
  return compared === 0 ? undefined : { k, mean: sum / compared, perPoint };
}
