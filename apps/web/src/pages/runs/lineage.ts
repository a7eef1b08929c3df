import type { ActivationSet } from '@noema/contracts/noema/activations/v1/activation_set';
import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { ADDRESS_ALGORITHM } from '../../parts/address/map-address.js';

/** Artifacts of one epoch. */
export interface EpochLineage {
  readonly set: ActivationSet | undefined;
  readonly map: Exploration | undefined;
}

/**
 * The set and the map that stand for an epoch: of several the one that was made without a request, in two
 * dimensions, and ready. Lists are newest first: of equal ones the oldest, as younger ones are of other
 * perception spaces.
 */
export function buildLineage(
  epoch: number,
  { sets, maps }: { readonly sets: readonly ActivationSet[]; readonly maps: readonly Exploration[] },
): EpochLineage {
  const map = best(
    maps.filter((map) => map.epoch === epoch),
    (map) => [
      map.automatic,
      map.state === JobState.SUCCEEDED,
      map.dimensions === 2,
      map.method === ADDRESS_ALGORITHM,
    ],
  );
  const of = sets.filter((set) => set.epoch === epoch);
  return {
    map,
    set:
      of.find(({ id }) => id === map?.activationSetId) ??
      best(of, (set) => [set.state === JobState.SUCCEEDED]),
  };
}

/** The last of the items that meet the most conditions, the earlier conditions counting more. */
function best<T>(items: readonly T[], conditions: (item: T) => readonly boolean[]): T | undefined {
  const score = (item: T): number => conditions(item).reduce((sum, met) => sum * 2 + (met ? 1 : 0), 0);
  return items.reduce<T | undefined>(
    (found, item) => (found === undefined || score(item) >= score(found) ? item : found),
    undefined,
  );
}
