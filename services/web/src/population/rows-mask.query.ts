import { skipToken, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { slices } from '../api/clients.js';
import { type BitMask, pointMask, rowBitmap } from './bit-mask.js';
import type { PointOrder } from './point-cache.js';
import { decodeRows, encodeRows } from './selection-code.js';

/** Rows that an address cannot hold, while this tab lives. */
const kept: { large: Uint8Array | undefined } = { large: undefined };

/** The code of selected points for the address; those that do not fit are kept by this tab. */
export function codeOfPoints(mask: BitMask, order: PointOrder): string {
  const bitmap = rowBitmap(mask, order.count, order.stride % order.count);
  const code = encodeRows(bitmap);
  if (code === undefined) kept.large = bitmap;
  return code ?? 'large';
}

/** The points of a code; `isLost` when it is of another tab, or of rows that are not there. */
export function useRowsMask(code: string, order: PointOrder | undefined): { readonly mask: BitMask | undefined; readonly isLost: boolean; readonly error: unknown } {
  const sliceId = code.startsWith('slice:') ? code.slice('slice:'.length) : undefined;
  const slice = useQuery({
    queryKey: ['slice', sliceId],
    queryFn: sliceId === undefined ? skipToken : async ({ signal }) => (await slices.getSlice({ sliceId }, { signal })).slice ?? null,
    staleTime: 60_000,
  });
  const bitmap = slice.data?.bitmap;
  return useMemo(() => {
    if (code === '' || order === undefined) return { mask: undefined, isLost: false, error: null };
    const rows = sliceId !== undefined ? bitmap : code === 'large' ? kept.large : decodeRows(code, order.count);
    return { mask: rows === undefined ? undefined : pointMask(rows, order.count, order.stride % order.count), isLost: rows === undefined && (sliceId === undefined || slice.error !== null), error: slice.error };
  }, [code, order, sliceId, bitmap, slice.error]);
}
