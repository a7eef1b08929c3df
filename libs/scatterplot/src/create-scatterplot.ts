import type { Scatterplot, ScatterplotOptions } from './scatterplot.js';
import { WebGlScatterplot } from './webgl-scatterplot.js';

/**
 * Makes a scatterplot on a canvas, whose size on the page it follows; throws `unsupported` WEBGL2_MISSING.
 * The caller gives the canvas its role and label.
 */
export function createScatterplot(options: ScatterplotOptions): Scatterplot {
  return new WebGlScatterplot(options);
}
