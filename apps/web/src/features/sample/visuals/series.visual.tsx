import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { VisualDrawing, VisualOf } from './visual-drawing.js';

const SeriesView = lazyPart(async () => ({ default: (await import('../series.view.js')).SeriesView }));

/** Lines over a common axis. */
export const seriesDrawing: VisualDrawing<VisualOf<'series'>> = {
  key: 'series',
  draw: ({ series, axis }, height) => (
    <SeriesView series={series} axis={axis} height={Math.min(height, 260)} />
  ),
};
