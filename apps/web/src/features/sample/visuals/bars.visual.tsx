import type { BarsVisual } from '@noema/integration/visuals';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { VisualDrawing } from './visual-drawing.js';

const BarsView = lazyPart(async () => ({ default: (await import('./bars.view.js')).BarsView }));

/** Horizontal bars from zero. */
export const barsDrawing: VisualDrawing<BarsVisual> = {
  key: 'bars',
  draw: (visual) => <BarsView visual={visual} />,
};
