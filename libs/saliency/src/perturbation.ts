import { DomainError, permutation, seededRandom } from '@noema/kernel';
import { type BaselineKind, baselineOf } from './baseline.js';
import { type FeatureMap, type HeatMap, strides } from './feature-map.js';
import { hottestFirst, upsample } from './heat-map.js';

export interface PerturbationOptions {
  /** Parts into which the positions are cut (default 28): the curve has one point more. */
  readonly steps?: number;
  readonly baseline?: BaselineKind;
  readonly seed?: number;
}

/** A batch of inputs [steps + 1, values] float32 of which the model's scores make a curve over `fractions` of the area. */
export interface PerturbationBatch {
  readonly inputs: Float32Array;
  readonly count: number;
  readonly fractions: Float64Array;
}

/** Inputs with the hottest positions removed, 0 to all of them (deletion, Petsiuk, Das & Saenko 2018): a good map makes the score fall at once. */
export function deletionBatch(input: FeatureMap, heat: HeatMap, options: PerturbationOptions = {}): PerturbationBatch {
  return batch(input, input.data, baselineOf(input, options.baseline ?? 'mean'), heat, options);
}

/** Inputs with only the hottest positions shown on the baseline, 0 to all (insertion): a good map makes the score rise at once. */
export function insertionBatch(input: FeatureMap, heat: HeatMap, options: PerturbationOptions = {}): PerturbationBatch {
  return batch(input, baselineOf(input, options.baseline ?? 'blur'), input.data, heat, options);
}

/** The area under the curve of scores [steps + 1] over the fractions, by trapezoids. Throws `invalid` SCORES_SHAPE or SCORE_NOT_FINITE. */
export function areaUnderCurve({ fractions }: PerturbationBatch, scores: ArrayLike<number>): number {
  if (scores.length !== fractions.length) throw new DomainError('invalid', 'SCORES_SHAPE', `${scores.length} scores do not fit a curve of ${fractions.length} points`);
  let area = 0;
  for (let i = 0; i < fractions.length; i++) {
    if (!Number.isFinite(scores[i])) throw new DomainError('invalid', 'SCORE_NOT_FINITE', `score ${i} of the curve is ${scores[i]}`);
    if (i > 0) area += ((scores[i]! + scores[i - 1]!) / 2) * (fractions[i]! - fractions[i - 1]!);
  }
  return area;
}

/**
 * A heat map of nothing, as smooth as one of a layer with `cells` × `cells` positions: seeded noise, upsampled. Perturbing by it removes the
 * same area at every step as the map that is judged: the score to beat.
 */
export function randomHeatMap(height: number, width: number, cells: number, seed: number): HeatMap {
  const random = seededRandom(seed, 3);
  return upsample({ data: Float32Array.from({ length: cells * cells }, random), height: cells, width: cells }, height, width);
}

function batch(input: FeatureMap, before: Float32Array, after: Float32Array, heat: HeatMap, { steps = 28, seed = 42 }: PerturbationOptions): PerturbationBatch {
  const { height, width, channels } = input, positions = height * width, size = input.data.length;
  if (heat.height !== height || heat.width !== width) {
    throw new DomainError('invalid', 'HEAT_MAP_SHAPE', `a heat map of ${heat.height} × ${heat.width} does not cover an input of ${height} × ${width}; upsample it first`);
  }
  if (!Number.isInteger(steps) || steps < 1) throw new DomainError('invalid', 'STEPS', `${steps} steps make no curve; ask for 1 or more`);
  const cuts = Math.min(steps, positions), order = hottestFirst(heat, permutation(positions, seededRandom(seed, 4)));
  const { position, channel } = strides(input);
  const inputs = new Float32Array((cuts + 1) * size), fractions = new Float64Array(cuts + 1);
  const current = before.slice();
  inputs.set(current);
  for (let step = 1, done = 0; step <= cuts; step++) {
    for (const until = Math.round((step * positions) / cuts); done < until; done++) {
      for (let c = 0, at = order[done]! * position; c < channels; c++, at += channel) current[at] = after[at]!;
    }
    inputs.set(current, step * size);
    fractions[step] = done / positions;
  }
  return { inputs, count: cuts + 1, fractions };
}
