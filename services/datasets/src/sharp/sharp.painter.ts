import type { Painter } from '../visual/visual.ports.js';
import { paintMean } from './mean.painter.js';
import { paintSheet } from './sheet.painter.js';

/** Draws with libvips, in threads of its own. */
export const sharpPainter: Painter = { sheet: paintSheet, mean: paintMean };
