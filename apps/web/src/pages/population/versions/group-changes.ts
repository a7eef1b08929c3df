import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import {
  compareGroups,
  compareVersions,
  flagChanges,
  type FlaggedChange,
  type MetricChange,
} from '@noema/evaluation';
import { toFault } from '../../../api/query-client.js';
import { type BitMask, hasBit } from '../points/bit-mask.js';
import { comparedColumn, loadPair } from '../points/compared-columns.js';
import type { PointScope } from '../points/point-cache.js';
import { pointCache } from '../points/points.query.js';
import { maskOfCode } from '../selection/selection-mask.js';

/** The changes of some of the samples, one entry a metric. */
export interface GroupChange {
  readonly kind: 'class' | 'slice';
  /** Name of the class, or id of the slice. */
  readonly id: string;
  readonly title: string;
  /** Column of the map whose values are the groups. */
  readonly column: string;
  readonly changes: readonly (MetricChange & FlaggedChange)[];
}

export interface VersionChanges {
  readonly all: readonly MetricChange[];
  readonly groups: readonly GroupChange[];
}

/**
 * Compares two versions on all samples that both have, on each class and on each slice; each metric is flagged
 * over all of these. Throws what the API throws.
 */
export async function computeChanges(
  scope: PointScope,
  slices: readonly Slice[],
  signal: AbortSignal,
): Promise<VersionChanges> {
  const { pair } = await loadPair(pointCache, scope);
  const named: Omit<GroupChange, 'changes'>[] = [];
  const changes: MetricChange[][] = [];
  if (scope.compared?.hasClasses === true) {
    const column = comparedColumn('true_class', scope, scope.compared);
    await pointCache.want(scope, [column]);
    const classes = pointCache.find(scope, column);
    if (classes?.kind === 'code') {
      const { values, names } = classes;
      // Samples of a detection have several classes, or none: no class has samples of its own.
      const byClass = compareGroups(pair, (point) => values[point]!, names.length)
        .map((change, at) => ({ name: names[at]!, change }))
        .filter(({ change }) => change.some(({ n }) => n > 0));
      named.push(...byClass.map(({ name }) => ({ kind: 'class' as const, id: name, title: name, column })));
      changes.push(...byClass.map(({ change }) => change));
    }
  }
  for (const { id, displayName } of slices) {
    const mask = await maskOfSlice(id, scope, signal);
    if (mask === undefined) continue;
    named.push({ kind: 'slice', id, title: displayName, column: 'rows' });
    changes.push(compareVersions(pair, (point) => hasBit(mask, point)));
  }
  const all = compareVersions(pair);
  const flags = all.map((_, metric) => flagChanges(changes.map((one) => one[metric]!)));
  return {
    all,
    groups: named.map((group, at) => ({
      ...group,
      changes: changes[at]!.map((change, metric) => ({ ...change, ...flags[metric]![at]! })),
    })),
  };
}

/** The points of a slice; `undefined` when it was deleted after the list was loaded. */
async function maskOfSlice(id: string, scope: PointScope, signal: AbortSignal): Promise<BitMask | undefined> {
  try {
    return await maskOfCode(`slice:${id}`, pointCache.findOrder(scope)!, signal);
  } catch (error) {
    if (toFault(error).kind === 'not-found') return undefined;
    throw error;
  }
}
