import { alignCoarse, COARSE_STEPS, comparePictures, FINE_STEPS } from './align-pictures.js';
import { type Comparer, STARTS } from './comparer.js';
import {
  COSINE_WIDTH,
  createCosines,
  describeCosines,
  orient,
  rankStarts,
  transformView,
} from './cosines.js';
import {
  COARSE_SIDE,
  COARSE_WIDTH,
  MAX_SIDE,
  type Picture,
  readCoarse,
  toLuminance,
  toPicture,
  writeCoarse,
} from './picture.js';
import { VIEW_KINDS, VIEWS } from './picture.views.js';
import { plantPicture } from './plant-picture.js';
import { compose, createWarping, IDENTITY, SQUARE_SYMMETRIES } from './warp.js';

/** Distance of a further start, as a multiple of that of the best one. */
const MAX_GAP = 2;
const GIVEN_UP = { view: 0, estimate: -1, trace: new Float64Array(COARSE_STEPS + 1), start: undefined };

/**
 * Pictures [height, width, channels]: agreement after alignment by an affine map, on up to 64×64 pixels. `black` has
 * the smallest value of each channel in the data: what lies outside of a turned picture.
 */
export function pictureComparer(
  shape: readonly number[],
  black: readonly number[],
): Comparer<Picture, Float32Array> | string {
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || Math.min(height, width) < 8)
    return `Pictures of the shape [${shape.join(', ')}] are too small or have too many axes.`;
  const side = Math.min(MAX_SIDE, Math.max(height, width));
  const basis = createCosines(COARSE_SIDE);
  const warpings = VIEWS.map(([, map]) => (map === IDENTITY ? undefined : createWarping(map, COARSE_SIDE)));
  const [dark] = toLuminance(black, channels);
  return {
    views: VIEWS.map(([name]) => name),
    viewKinds: VIEW_KINDS,
    width: COSINE_WIDTH,
    trees: 7,
    similarity: 'agreement after alignment, in the worst of 16 tiles',
    copies: 'a copy is flipped, turned by a multiple of 90° or by 25°, cropped to 88%, or scaled down and up',
    prepare: (input) => toPicture(input, { height, width, channels }, side),
    describe(sketch, view, into, form) {
      const coarse = readCoarse(sketch);
      transformView(coarse, warpings[view], coarse.ground, basis, form);
      describeCosines(form, into);
    },
    screening: {
      sketchWidth: COARSE_WIDTH,
      sketch: (picture, into) => {
        writeCoarse(picture, dark!, into);
      },
      formWidth: COSINE_WIDTH,
      measure: (view, forms, at) => 2 - 2 * orient(view, forms, at).product,
      steps: COARSE_STEPS + 1,
      estimate(sample, copy, { views, own, rank }, least) {
        const starts = rankStarts(views, own, STARTS);
        const { view, symmetry, product } = starts[rank]!;
        // A start that fits far worse than the best one leads nowhere.
        if (rank > 0 && 1 - product > MAX_GAP * (1 - starts[0]!.product)) return GIVEN_UP;
        const steps = COARSE_STEPS + 1;
        const start = compose(VIEWS[view]![1], SQUARE_SYMMETRIES[symmetry]!);
        const lower = least.subarray(view * steps, (view + 1) * steps);
        return { view, ...alignCoarse(readCoarse(sample), readCoarse(copy), start, lower) };
      },
    },
    steps: FINE_STEPS + 1,
    compare: comparePictures,
    plant: (input, random) => plantPicture(input, { height, width, channels, black }, random),
  };
}
