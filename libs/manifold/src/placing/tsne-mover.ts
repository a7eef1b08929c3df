import type { Points } from '../points.js';
import { conditional } from '../tsne/affinities.js';
import { medianPlace } from './median-place.js';
import type { Mover } from './mover.js';
import { RepulsionField } from './repulsion-field.js';

/**
 * t-SNE's steps against stored points, which do not move. Each new point has a separate sum, as in openTSNE's
 * `transform`.
 */
export interface TsneMove {
  readonly by: 'tsne';
  readonly steps: number;
}

/**
 * openTSNE's constants for new points: few neighbours with influence, more neighbours for the start, and
 * small steps.
 */
const PERPLEXITY = 5;
const COUNTED = 15;
const BEGUN_AMONG = 25;
const EXAGGERATION = 1.5;
const LEARNING_RATE = 0.1;
const MOMENTUM = 0.8;
const MIN_GAIN = 0.01;
const LONGEST_GRADIENT = 0.25;

/** Number of stored neighbours that a new point needs. */
export const TSNE_NEIGHBORS = BEGUN_AMONG;

/**
 * Starts each point at the median of its neighbours and minimises the divergence of its own probabilities
 * (Poličar, Stražar & Zupan 2019, section 2.3).
 */
export function tsneMover({ steps }: TsneMove, map: Points): Mover {
  const { data, d } = map;
  const field = new RepulsionField(map);
  const push = new Float64Array(3);
  const gradient = new Float64Array(d);
  return (place, neighbors, distances) => {
    const counted = Math.min(COUNTED, neighbors.length);
    const p = new Float64Array(counted);
    const move = new Float64Array(d);
    const gains = new Float64Array(d).fill(1);
    conditional(distances.subarray(0, counted), Math.log(Math.min(PERPLEXITY, Math.max(1, counted / 3))), p);
    medianPlace(place, map, neighbors, BEGUN_AMONG);
    for (let step = 0; step < steps; step++) {
      const z = Math.max(field.at(place, push), Number.EPSILON);
      for (let c = 0; c < d; c++) gradient[c] = -push[c]! / z;
      for (let m = 0; m < counted; m++) {
        const at = neighbors[m]! * d;
        let square = 0;
        for (let c = 0; c < d; c++) square += (place[c]! - data[at + c]!) ** 2;
        const pull = (EXAGGERATION * p[m]!) / (1 + square);
        for (let c = 0; c < d; c++) gradient[c]! += pull * (place[c]! - data[at + c]!);
      }
      const shorten = Math.min(1, LONGEST_GRADIENT / (Math.hypot(...gradient) + 1e-6));
      for (let c = 0; c < d; c++) {
        const slope = gradient[c]! * shorten;
        gains[c] = Math.sign(move[c]!) === Math.sign(slope) ? gains[c]! * 0.8 + MIN_GAIN : gains[c]! + 0.2;
        move[c] = MOMENTUM * move[c]! - LEARNING_RATE * gains[c]! * slope;
        place[c]! += move[c]!;
      }
    }
  };
}
