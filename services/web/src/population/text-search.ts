import { createMask, eitherMask, type BitMask } from './bit-mask.js';
import type { TextColumn } from '../api/point-stores.js';
import type { Column } from './column.js';
import { textMask } from './filters.js';

/** Points that are looked at before the page may answer again. */
const SLICE = 40_000;

/** The points whose id or one of whose texts contains what was typed, whatever the case. Ids are looked through in slices. Throws when `signal` aborts. */
export async function searchPoints({ typed, count, ids, columns, signal }: { readonly typed: string; readonly count: number; readonly ids: TextColumn | undefined; readonly columns: readonly Column[]; readonly signal: AbortSignal }): Promise<BitMask> {
  const wanted = typed.trim().toLowerCase();
  let mask = createMask(count);
  for (const column of columns) if (column.kind === 'code') mask = eitherMask(mask, textMask(column, wanted));
  if (ids === undefined) return mask;
  for (let from = 0; from < count; from += SLICE) {
    for (let i = from; i < Math.min(count, from + SLICE); i++) if (ids.at(i)?.toLowerCase().includes(wanted) === true) mask[i >> 3] = mask[i >> 3]! | (1 << (i & 7));
    if (count > SLICE) await new Promise((resolve) => { setTimeout(resolve, 0); });
    signal.throwIfAborted();
  }
  return mask;
}
