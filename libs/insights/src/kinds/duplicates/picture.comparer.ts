import { alignCoarse, comparePictures } from './align-pictures.js';
import type { Comparer } from './comparer.js';
import { COSINE_WIDTH, createCosines, describeCosines } from './cosines.js';
import { type Coarse, COARSE_SIDE, MAX_SIDE, type Picture, toCoarse, toPicture } from './picture.js';
import { VIEWS } from './picture.views.js';
import { plantPicture } from './plant-picture.js';
import { warp } from './warp.js';

/** Pictures [height, width, channels]: agreement after alignment by an affine map, on up to 64×64 pixels. */
export function pictureComparer(shape: readonly number[]): Comparer<Picture, Coarse> | string {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || Math.min(height, width) < 8)
    return `Pictures of the shape [${shape.join(', ')}] are too small or have too many axes.`;
  const side = Math.min(MAX_SIDE, Math.max(height, width));
  const basis = createCosines(COARSE_SIDE);
  const view = new Float32Array(COARSE_SIDE ** 2);
  return {
    views: VIEWS.map(([name]) => name),
    width: COSINE_WIDTH,
    trees: 7,
    similarity: 'agreement after alignment, in the worst of 16 tiles',
    copies: 'a copy is flipped, turned by a multiple of 90° or by 25°, cropped to 88%, or scaled down and up',
    prepare: (input) => toPicture(input, { height, width, channels }, side),
    sketch: toCoarse,
    describe(coarse, at, into) {
      warp(coarse, VIEWS[at]![1], view);
      describeCosines(view, basis, COARSE_SIDE, into);
    },
    screen: (sample, copy, at, least) => alignCoarse(sample, copy, VIEWS[at]![1], least),
    compare: comparePictures,
    plant: (input, random) => plantPicture(input, { height, width, channels }, random),
  };
}
