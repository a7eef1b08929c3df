import { comparePictures, createAlignment, FINE_STEPS } from './align-pictures.js';
import type { Comparer } from './comparer.js';
import { COSINE_WIDTH, createCosines, describeCosines, orient, transformView } from './cosines.js';
import {
  type Coarse,
  COARSE_SIDE,
  MAX_SIDE,
  type Picture,
  toCoarse,
  toLuminance,
  toPicture,
} from './picture.js';
import { VIEWS } from './picture.views.js';
import { plantPicture } from './plant-picture.js';
import { compose, createWarping, IDENTITY, SQUARE_SYMMETRIES } from './warp.js';

/**
 * Pictures [height, width, channels]: agreement after alignment by an affine map, on up to 64×64 pixels. `black` has
 * the smallest value of each channel in the data: what lies outside of a turned picture.
 */
export function pictureComparer(
  shape: readonly number[],
  black: readonly number[],
): Comparer<Picture, Coarse> | string {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || Math.min(height, width) < 8)
    return `Pictures of the shape [${shape.join(', ')}] are too small or have too many axes.`;
  const side = Math.min(MAX_SIDE, Math.max(height, width));
  const basis = createCosines(COARSE_SIDE);
  const warpings = VIEWS.map(([, map]) => (map === IDENTITY ? undefined : createWarping(map, COARSE_SIDE)));
  const [dark] = toLuminance(black, channels);
  return {
    views: VIEWS.map(([name]) => name),
    width: COSINE_WIDTH,
    trees: 7,
    similarity: 'agreement after alignment, in the worst of 16 tiles',
    copies: 'a copy is flipped, turned by a multiple of 90° or by 25°, cropped to 88%, or scaled down and up',
    prepare: (input) => toPicture(input, { height, width, channels }, side),
    describe(coarse, view, into, form) {
      transformView(coarse, warpings[view], coarse.ground, basis, form);
      describeCosines(form, into);
    },
    screening: {
      sketch: (picture) => toCoarse(picture, dark!),
      formWidth: COSINE_WIDTH,
      measure: (view, forms, at) => 2 - 2 * orient(view, forms, at).product,
      prepare(sample) {
        const align = createAlignment(sample);
        return {
          estimate: (candidate, { view, form, own }, least) =>
            align(
              candidate,
              compose(VIEWS[view]![1], SQUARE_SYMMETRIES[orient(form, own, 0).symmetry]!),
              least,
            ),
        };
      },
    },
    steps: FINE_STEPS + 1,
    compare: comparePictures,
    plant: (input, random) => plantPicture(input, { height, width, channels, black }, random),
  };
}
