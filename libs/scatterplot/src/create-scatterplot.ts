import type { Scatterplot, ScatterplotOptions } from './scatterplot.js';
import { WebGlScatterplot } from './webgl-scatterplot.js';

/**
 * Creates a scatterplot on a canvas and follows its size on the page. The caller sets the role and label of
 * the canvas. Throws `unsupported` WEBGL2_MISSING.
 */
export function createScatterplot(options: ScatterplotOptions): Scatterplot {
  return new WebGlScatterplot(options);
}
