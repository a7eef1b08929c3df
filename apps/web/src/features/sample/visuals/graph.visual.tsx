import type { StoredGraph } from '@noema/integration/visuals';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import type { VisualDrawing } from './visual-drawing.js';

const GraphView = lazyPart(async () => ({ default: (await import('./graph.view.js')).GraphView }));

/** Nodes and the edges between them. */
export const graphDrawing: VisualDrawing<StoredGraph> = {
  key: 'graph',
  draw: (visual, height) => <GraphView visual={visual} height={height} />,
};
