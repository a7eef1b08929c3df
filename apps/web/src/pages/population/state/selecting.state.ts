import type { Scatterplot } from '@noema/scatterplot';
import { useCallback } from 'react';
import { type BitMask, bothMasks, combineMask, countBits } from '../points/bit-mask.js';
import type { Filter } from '../selection/filters.js';
import type { SelectedArea } from '../plot/plot-controller.js';
import type { PointOrder } from '../points/point-cache.js';
import { codeOfPoints } from '../selection/selection-mask.js';
import type { How, OutlineStep } from '../selection/selection-steps.js';
import { selectedShown } from '../selection/shown-points.query.js';
import type { ViewStore } from './view.state.js';

export interface SelectingOptions {
  readonly store: ViewStore;
  readonly order: PointOrder | undefined;
  /** The current selection, whether it is shown or not. */
  readonly before: BitMask | undefined;
  readonly shown: BitMask | undefined;
  /** The points that the search has found; a lasso then takes only of these, and the search is over. */
  readonly found: BitMask | undefined;
  readonly filters: readonly Filter[];
  readonly plots: readonly (Scatterplot | undefined)[];
}

/**
 * Selects points: the points of a mask, or the points within a lasso or rectangle together with the previous
 * selection.
 */
export function useSelecting({ store, order, before, shown, found, filters, plots }: SelectingOptions) {
  const { set } = store;
  const select = useCallback(
    (mask: BitMask | undefined, step?: OutlineStep) => {
      const isEmpty = mask === undefined || countBits(mask) === 0;
      set({
        selection:
          isEmpty || order === undefined ? '' : codeOfPoints(mask, order, store.state.selection, step),
        ...(isEmpty ? {} : { right: true }),
      });
    },
    [set, store, order],
  );
  const onSelect = useCallback(
    (mask: BitMask, how: How, area: SelectedArea | undefined) => {
      const start = performance.now();
      const next = combineMask(before, found === undefined ? mask : bothMasks(mask, found), how);
      const selected = countBits(next) === 0 ? undefined : selectedShown(next, shown);
      for (const plot of plots) plot?.setSelected(selected);
      // An outline alone does not describe an earlier search or selection.
      const isTold = store.state.search === '' && filters.every(({ kind }) => kind !== 'rows');
      // The canvas draws the selection in its next frame; panels, which take longer, follow after that frame.
      requestAnimationFrame(() => {
        performance.measure('noema:lasso', { start });
        setTimeout(() => {
          select(
            next,
            area === undefined || !isTold ? undefined : { kind: 'outline', how, ...area, filters },
          );
          if (found !== undefined) set({ search: '' }, 'replace');
        });
      });
    },
    [store, set, select, before, plots, shown, found, filters],
  );
  return { select, onSelect };
}
