import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { describeSlices } from '../../../features/selection/slices.query.js';
import type { PointScope } from '../points/point-cache.js';
import { computeChanges } from './group-changes.js';

/** The changes between the versions that `scope` compares; nothing before the slices are known. */
export const useVersionChanges = (scope: PointScope | undefined, slices: readonly Slice[] | undefined) =>
  useQuery({
    queryKey: ['versionChanges', scope, slices && describeSlices(slices)],
    queryFn:
      scope?.compared === undefined || slices === undefined
        ? skipToken
        : ({ signal }) => computeChanges(scope, slices, signal),
    staleTime: Infinity,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    structuralSharing: false,
  });
