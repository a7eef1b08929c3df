import type { StoredBoxes } from '@noema/integration/visuals';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { VisualDrawing } from './visual-drawing.js';

const BoxesView = lazyPart(async () => ({ default: (await import('./boxes.view.js')).BoxesView }));

/** Boxes on a picture: whole lines for ground truth, dashes for what a model predicted. */
export const boxesDrawing: VisualDrawing<StoredBoxes> = {
  key: 'boxes',
  annotations: {
    isCovering: false,
    list: ({ boxes }) => boxes,
    draw: (visual, style) => <BoxesView visual={visual} style={style} />,
  },
};
