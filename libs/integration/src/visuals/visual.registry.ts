import { Registry } from '@noema/kernel/registry';
import { imageKind, type ImageVisual } from './image.visual.js';
import { seriesKind, type SeriesVisual } from './series.visual.js';
import { tableKind, type TableVisual } from './table.visual.js';
import { textKind, type TextVisual } from './text.visual.js';
import { tokensKind, type TokensVisual } from './tokens.visual.js';
import type { VisualKind } from './visual-kind.js';

export type { VisualKind } from './visual-kind.js';
export { image } from './image.visual.js';
export { series } from './series.visual.js';
export { table } from './table.visual.js';
export { text } from './tokens.visual.js';

/** Result of a visualizer, shown to people. */
export type Visual = ImageVisual | TextVisual | TokensVisual | SeriesVisual | TableVisual;

/** All kinds of visual. A new one is one file, and its lines here. */
export const visualKinds = new Registry<VisualKind>('visual kind', [
  imageKind,
  textKind,
  tokensKind,
  seriesKind,
  tableKind,
]);
