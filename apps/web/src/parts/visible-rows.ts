import { type RefObject, useEffect, useState } from 'react';

/** Rows of a long list that have to be drawn: from `first` up to, not including, `last`. */
export interface VisibleRows {
  readonly first: number;
  readonly last: number;
}

/** The rows of equal height that a box shows, and `spare` beyond each end; all lengths in pixels. */
export function rowsBetween(
  count: number,
  row: number,
  { top, height, spare }: { readonly top: number; readonly height: number; readonly spare: number },
): VisibleRows {
  const first = Math.max(0, Math.min(count, Math.floor(top / row)) - spare);
  return { first, last: Math.max(first, Math.min(count, Math.ceil((top + height) / row) + spare)) };
}

/**
 * Follows which rows of equal height a box that scrolls shows; renders again only when other rows have to be
 * drawn.
 */
export function useVisibleRows(
  box: RefObject<HTMLElement | null>,
  count: number,
  row: number,
  spare = 12,
): VisibleRows {
  const [rows, setRows] = useState<VisibleRows>({ first: 0, last: Math.min(count, 2 * spare) });
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const look = (): void => {
      const next = rowsBetween(count, row, { top: element.scrollTop, height: element.clientHeight, spare });
      setRows((now) => (now.first === next.first && now.last === next.last ? now : next));
    };
    look();
    const sizes = new ResizeObserver(look);
    sizes.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [box, count, row, spare]);
  return rows;
}
