import { type Affine, crop, IDENTITY, rotation } from './warp.js';

/** Degrees of a turned copy, and the side of a cropped one. */
export const [ANGLE, CROP] = [25, 0.88];
export const MARGIN = 1 - CROP;

/** Flips and quarter turns need no view: the descriptor is the same, and forms are compared under all eight. */
export const VIEWS: readonly (readonly [string, Affine])[] = [
  ['itself', IDENTITY],
  ['turned right', rotation(ANGLE)],
  ['turned left', rotation(-ANGLE)],
  ['cropped', crop(CROP, 0, 0)],
  ['cropped at the top left', crop(CROP, -MARGIN / 2, -MARGIN / 2)],
  ['cropped at the top right', crop(CROP, MARGIN / 2, -MARGIN / 2)],
  ['cropped at the bottom left', crop(CROP, -MARGIN / 2, MARGIN / 2)],
  ['cropped at the bottom right', crop(CROP, MARGIN / 2, MARGIN / 2)],
];

/** Itself, turned or cropped. */
export const VIEW_KINDS = [0, 1, 1, 2, 2, 2, 2, 2];
