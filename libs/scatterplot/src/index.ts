export {
  toBits,
  bothMasks,
  countBits,
  eitherMask,
  hasBit,
  maskBytes,
  toMask,
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
