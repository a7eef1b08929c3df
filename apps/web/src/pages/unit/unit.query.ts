import type { Unit } from '@noema/contracts/noema/activations/v1/unit';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { units } from '../../api/explaining-clients.js';
import { allPages } from '../../parts/pages.js';

/** A layer of an activation set. */
export interface LayerPlace {
  readonly activationSetId: string;
  readonly layer: string;
}

/** All units of a layer by number, without histograms and samples. */
export const useUnits = (place: LayerPlace | undefined) =>
  useQuery({
    queryKey: ['units', place],
    queryFn:
      place === undefined
        ? skipToken
        : ({ signal }): Promise<Unit[]> =>
            allPages(
              (pageToken) => units.listUnits({ ...place, pageSize: 1_000, pageToken }, { signal }),
              (page) => page.units,
            ),
    staleTime: Infinity,
  });

/** One unit with its histogram, classes, strongest samples and relations. */
export const useUnit = (place: LayerPlace | undefined, unit: number | undefined) =>
  useQuery({
    queryKey: ['unit', place, unit],
    queryFn:
      place === undefined || unit === undefined
        ? skipToken
        : ({ signal }) => units.getUnit({ ...place, unit }, { signal }),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    select: (answer) => answer.unit,
  });
