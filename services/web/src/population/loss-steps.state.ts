import type { Scatterplot } from '@noema/scatterplot';
import { type RefObject, useCallback } from 'react';
import type { BitMask } from './bit-mask.js';
import type { Column } from './column.js';
import { nextInRank } from './loss-rank.js';
import type { PointOrder } from './point-cache.js';

export interface LossStepsOptions {
  readonly columns: ReadonlyMap<string, Column>;
  readonly order: PointOrder | undefined;
  /** Row that is open. */
  readonly row: number | undefined;
  readonly shown: BitMask | undefined;
  readonly plot: Scatterplot | undefined;
  readonly marks: RefObject<readonly number[]>;
  readonly onOpen: (row: number) => void;
}

/** Opens the shown sample with the next lower (1) or higher (−1) loss; false while losses are not there. */
export function useLossSteps({ columns, order, row, shown, plot, marks, onOpen }: LossStepsOptions): (direction: 1 | -1) => boolean {
  const loss = columns.get('loss');
  return useCallback((direction) => {
    if (loss?.kind !== 'number' || order === undefined) return false;
    const next = nextInRank(loss.values, shown, row === undefined ? undefined : order.pointOf(row), direction);
    if (next < 0) return true;
    onOpen(order.rowOf(next));
    plot?.setMarked([...marks.current, next]);
    return true;
  }, [loss, order, row, shown, onOpen, plot, marks]);
}
