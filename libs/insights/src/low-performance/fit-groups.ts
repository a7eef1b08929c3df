import type { Candidate } from '../confirm/candidate.js';
import type { Space } from '../population/population.js';
import { fitRegion } from './region.js';
import { leastPlaced, type SearchData, selectSearchAreas } from './search-data.js';

/** Returns the regions around groups of positions with a positive mean residual. */
export function fitGroups(
  data: SearchData,
  group: {
    readonly finder: string;
    readonly space: Space;
    readonly placed: readonly number[];
    readonly groups: readonly (readonly number[])[];
  },
): Candidate[] {
  const { outcomes } = data;
  const { finder, space, placed, groups } = group;
  const least = leastPlaced(data, placed);
  return groups.flatMap((own) => {
    if (own.reduce((sum, at) => sum + outcomes.residuals[at]!, 0) <= 0) return [];
    return selectSearchAreas(data, own).flatMap(({ conditions, includes }) => {
      const eligible = placed.filter(includes);
      const inside = own.filter(includes);
      const found = fitRegion({ space, outcomes, least }, inside, { finder, conditions, eligible, placed });
      return found === undefined ? [] : [found];
    });
  });
}
