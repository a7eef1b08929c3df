import type { Scatterplot } from '@noema/scatterplot';
import { type RefObject, useCallback, useEffect, useRef } from 'react';
import type { BitMask } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';
import { nextInRank } from '../points/loss-rank.js';
import type { PointOrder } from '../points/point-cache.js';

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

/**
 * Opens the shown sample with the next lower (1) or higher (−1) loss; a step that is requested before losses
 * have arrived is taken when they have.
 */
export function useLossSteps({
  columns,
  order,
  row,
  shown,
  plot,
  marks,
  onOpen,
}: LossStepsOptions): (direction: 1 | -1) => void {
  const loss = columns.get('loss');
  const asked = useRef<1 | -1>(undefined);
  const step = useCallback(
    (direction: 1 | -1) => {
      asked.current = loss?.kind === 'number' && order !== undefined ? undefined : direction;
      if (loss?.kind !== 'number' || order === undefined) return;
      const next = nextInRank(
        loss.values,
        shown,
        row === undefined ? undefined : order.toPoint(row),
        direction,
      );
      if (next < 0) return;
      onOpen(order.toRow(next));
      plot?.setMarked([...marks.current, next]);
    },
    [loss, order, row, shown, onOpen, plot, marks],
  );
  useEffect(() => {
    if (asked.current !== undefined) step(asked.current);
  }, [step]);
  return step;
}
