import { Registry } from '@noema/kernel/registry';
import { audioDrawing } from './audio.visual.js';
import { barsDrawing } from './bars.visual.js';
import { boxesDrawing } from './boxes.visual.js';
import { graphDrawing } from './graph.visual.js';
import { maskDrawing } from './mask.visual.js';
import { seriesDrawing } from './series.visual.js';
import { spansDrawing } from './spans.visual.js';
import { tableDrawing } from './table.visual.js';
import { textDrawing } from './text.visual.js';
import { tokensDrawing } from './tokens.visual.js';
import type { VisualDrawing } from './visual-drawing.js';

/** The kinds that the page draws itself; a kind without an entry is shown as its beginning in text. */
export const visualDrawings = new Registry<VisualDrawing>('drawing of a visual', [
  boxesDrawing,
  maskDrawing,
  textDrawing,
  tokensDrawing,
  spansDrawing,
  seriesDrawing,
  tableDrawing,
  barsDrawing,
  graphDrawing,
  audioDrawing,
]);
