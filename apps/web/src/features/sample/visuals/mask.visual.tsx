import type { StoredMask } from '@noema/integration/visuals';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { VisualDrawing } from './visual-drawing.js';

const MaskView = lazyPart(async () => ({ default: (await import('./mask.view.js')).MaskView }));

/** Masks on a picture: areas for ground truth, stripes for what a model predicted. */
export const maskDrawing: VisualDrawing<StoredMask> = {
  key: 'mask',
  annotations: {
    isCovering: true,
    list: ({ regions }) => regions,
    draw: (visual, style) => <MaskView visual={visual} style={style} />,
  },
};
