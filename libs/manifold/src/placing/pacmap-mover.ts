import type { Points } from '../points.js';
import { medianPlace } from './median-place.js';
import type { Mover } from './mover.js';

/**
 * PaCMAP's attraction to near stored points, which do not move, as in the authors' `transform`. No force
 * repels a new point.
 */
export interface PacmapMove {
  readonly by: 'pacmap';
  /** Number of near pairs of a new point. */
  readonly k: number;
  readonly steps: number;
}

/** Adam's constants (Kingma & Ba 2015), and a rate for points that start among their neighbours. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const LEARNING_RATE = 0.1;

/**
 * Starts each point at the median of its neighbours and minimises Σ D/(10 + D) of its near pairs, where D = 1
 * + distance² in the map (Wang et al. 2021).
 */
export function pacmapMover({ k, steps }: PacmapMove, map: Points): Mover {
  const { data, d } = map;
  const gradient = new Float64Array(d);
  return (place, neighbors) => {
    const pairs = Math.min(k, neighbors.length);
    const mean = new Float64Array(d);
    const square = new Float64Array(d);
    medianPlace(place, map, neighbors, pairs);
    for (let step = 1; step <= steps; step++) {
      gradient.fill(0);
      for (let m = 0; m < pairs; m++) {
        const at = neighbors[m]! * d;
        let below = 11;
        for (let c = 0; c < d; c++) below += (place[c]! - data[at + c]!) ** 2;
        for (let c = 0; c < d; c++) gradient[c]! += (20 / (below * below)) * (place[c]! - data[at + c]!);
      }
      const rate =
        LEARNING_RATE * (1 - (step - 1) / steps) * (Math.sqrt(1 - BETA2 ** step) / (1 - BETA1 ** step));
      for (let c = 0; c < d; c++) {
        mean[c]! += (1 - BETA1) * (gradient[c]! - mean[c]!);
        square[c]! += (1 - BETA2) * (gradient[c]! ** 2 - square[c]!);
        place[c]! -= (rate * mean[c]!) / (Math.sqrt(square[c]!) + 1e-7);
      }
    }
  };
}
