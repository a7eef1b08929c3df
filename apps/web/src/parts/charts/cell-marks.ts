import type { ChartCell } from '@noema/evaluation';
import type { ChartMark } from './chart.js';

/** A mark with the cell of the grammar that it draws. */
export interface CellMark extends ChartMark {
  readonly cell: ChartCell;
}

/**
 * Turns the cells of a chart of the grammar into marks. Groups whose names are all numbers have positions along x
 * where `isContinuous`, as lines do.
 */
export function toMarks(
  cells: readonly ChartCell[],
  { isContinuous = false, hasVersions = false }: { isContinuous?: boolean; hasVersions?: boolean } = {},
): CellMark[] {
  const isNumber = isContinuous && cells.every(({ x }) => x !== undefined && /^-?[\d.]+$/.test(x.name));
  return cells.map((cell) => {
    const { x, y, color, version, value, n, interval } = cell;
    const series = [hasVersions ? version : '', color?.name ?? ''].filter((name) => name !== '').join(' · ');
    return {
      cell,
      x: isNumber ? Number(x!.name) : (x?.name ?? ''),
      ...(y && { row: y.name }),
      ...(series !== '' && { series }),
      ...(x?.low !== undefined && { low: x.low, high: x.high }),
      value,
      n,
      interval,
    };
  });
}
