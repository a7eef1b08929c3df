import { SeriesView } from '../series.view.js';
import type { VisualDrawing, VisualOf } from './visual-drawing.js';

/** Lines over a common axis. */
export const seriesDrawing: VisualDrawing<VisualOf<'series'>> = {
  key: 'series',
  draw: ({ series }, height) => <SeriesView series={series} height={Math.min(height, 260)} />,
};
