import { useDebouncedValue } from '@mantine/hooks';
import { useMemo } from 'react';
import { identifySubject, type Subject } from '../../../features/selection/subject.js';
import { usePopulation } from '../model/population-context.js';
import { countBits, rowBitmap } from '../points/bit-mask.js';
import { rowsBefore } from '../points/placed-rows.js';

/** How long a selection rests before it is compared with the rest, in milliseconds. */
const SETTLED_MS = 150;

/** A view of the selection: its differences from the rest, or its samples. */
export type SelectionPart = 'differences' | 'samples';

/** The samples that the tab of the selection is about. */
export interface SelectedSamples {
  /** Whether they are selected, or all that is shown. */
  readonly kind: 'selected' | 'shown';
  /** The samples that the run evaluated, and how many others were placed in its map. */
  readonly subject: Subject & { readonly others: number };
}

/**
 * The selection once it rests, or what is shown where nothing is selected; `sought` until its samples are known,
 * undefined for no sample.
 */
export function useSelectedSamples(): SelectedSamples | 'sought' | undefined {
  const {
    scope,
    order,
    later: { within: shown, selected, isSought },
  } = usePopulation();
  const now = useMemo(
    () =>
      selected !== undefined && countBits(selected) > 0
        ? { mask: selected, kind: 'selected' as const, isSought: false }
        : { mask: shown, kind: 'shown' as const, isSought },
    [selected, shown, isSought],
  );
  const [{ mask, kind, isSought: isStillSought }] = useDebouncedValue(now, SETTLED_MS);
  const firstPlaced = scope?.placed?.firstRow;
  return useMemo(() => {
    if (isSought || isStillSought) return 'sought';
    if (mask === undefined || order === undefined) return undefined;
    const all = rowBitmap(mask, order.count, order.stride % order.count);
    const count = countBits(mask);
    const own = firstPlaced === undefined ? { bitmap: all, count } : rowsBefore(all, firstPlaced);
    return count === 0
      ? undefined
      : { kind, subject: { ...identifySubject(own.bitmap, own.count), others: count - own.count } };
  }, [mask, kind, isSought, isStillSought, order, firstPlaced]);
}
