import { Registry } from '@noema/kernel/registry';
import { seriesKind, type SeriesVisual } from './series.visual.js';
import { tableKind, type TableVisual } from './table.visual.js';
import { textKind, type TextVisual } from './text.visual.js';
import { tokensKind, type TokensVisual } from './tokens.visual.js';
import type { VisualKind } from './visual-kind.js';

/** What a visualizer made of a sample, when it is no picture. */
export type Visual = TextVisual | TokensVisual | SeriesVisual | TableVisual;

/** All kinds of visual but pictures, which the browser draws. A new one is one file, and its lines here. */
export const visualKinds = new Registry<VisualKind>('visual kind', [
  textKind,
  tokensKind,
  seriesKind,
  tableKind,
]);
