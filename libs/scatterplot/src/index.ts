export { bitsOf, bothMasks, countBits, eitherMask, hasBit, maskBytes, maskOf, setBit, withoutMask } from './bitmask.js';
export { createScatterplot } from './create-scatterplot.js';
export { pointsWithin } from './outline.js';
export { rampThrough } from './palette.js';
export type { Padding } from './projection.js';
export type { Camera, Point3, Scatterplot, ScatterplotEvents, ScatterplotOptions } from './scatterplot.js';
