import type { StoredSpans } from '@noema/integration/visuals';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { VisualDrawing } from './visual-drawing.js';

const SpansView = lazyPart(async () => ({ default: (await import('./spans.view.js')).SpansView }));

/** A text with named parts: a whole line under ground truth, a dashed one under predictions. */
export const spansDrawing: VisualDrawing<StoredSpans> = {
  key: 'spans',
  draw: (visual) => <SpansView visual={visual} />,
};
