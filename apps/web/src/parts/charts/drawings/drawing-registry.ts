import type { ChartKind } from '../chart.js';
import { drawBars, drawHistogram } from './bars.drawing.js';
import { drawConfusion, drawHeatMap } from './cells.drawing.js';
import { drawDonut } from './donut.drawing.js';
import type { DrawChart } from './drawing.js';
import { drawAreas, drawLines, drawScatter } from './lines.drawing.js';

/** Kinds that are text, without a drawing. */
export type TextKind = 'number' | 'table';

/** The drawing of each kind of chart. */
export const DRAWINGS: Readonly<Record<Exclude<ChartKind, TextKind>, DrawChart>> = {
  bar: drawBars,
  line: drawLines,
  area: drawAreas,
  curve: drawLines,
  heatmap: drawHeatMap,
  confusion: drawConfusion,
  donut: drawDonut,
  histogram: drawHistogram,
  scatter: drawScatter,
};
