import { skipToken, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { BitMask } from '../points/bit-mask.js';
import type { PointOrder } from '../points/point-cache.js';
import { keptMask, maskOfCode } from './selection-mask.js';

/**
 * The points of a code; `isSought` until they are known, `isLost` when it is of another tab, or of rows or maps
 * that are not there.
 */
export function useRowsMask(
  code: string,
  order: PointOrder | undefined,
): {
  readonly mask: BitMask | undefined;
  readonly isSought: boolean;
  readonly isLost: boolean;
  readonly error: unknown;
} {
  const kept = keptMask(code, order);
  const query = useQuery({
    queryKey: ['rowsMask', code, order?.count, order?.stride],
    queryFn:
      code === '' || order === undefined || kept !== undefined
        ? skipToken
        : async ({ signal }) => (await maskOfCode(code, order, signal)) ?? null,
    staleTime: Infinity,
    gcTime: 10_000,
    structuralSharing: false,
  });
  const found = kept ?? query.data;
  return useMemo(() => {
    if (code === '' || order === undefined)
      return { mask: undefined, isSought: code !== '', isLost: false, error: null };
    return {
      mask: found ?? undefined,
      isSought: found === undefined && query.error === null,
      isLost: found === null || (found === undefined && query.error !== null),
      error: query.error,
    };
  }, [code, order, found, query.error]);
}
