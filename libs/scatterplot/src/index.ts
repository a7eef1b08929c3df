export {
  bitsOf,
  bothMasks,
  countBits,
  eitherMask,
  hasBit,
  maskBytes,
  maskOf,
  setBit,
  withoutMask,
} from './bitmask.js';
export { createScatterplot } from './create-scatterplot.js';
export { pointsWithin } from './outline.js';
export { rampThrough } from './palette.js';
export type {
  Camera,
  Padding,
  Point3,
  Scatterplot,
  ScatterplotEvents,
  ScatterplotOptions,
} from './scatterplot.js';
