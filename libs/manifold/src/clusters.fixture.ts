import { readFileSync } from 'node:fs';
import { points, type Points } from './points.js';

/** HDBSCAN and silhouettes by scikit-learn for generated points, from bench/reference/clusters.py. */
export const clusterReference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/clusters.json', import.meta.url), 'utf8'),
) as {
  n: number;
  d: number;
  groups: number;
  silhouette: number;
  runs: { minClusterSize: number; minSamples: number; labels: number[]; probabilities: number[] }[];
}[];

/**
 * Returns the points of that script, from the same linear congruential generator: groups around corners, and
 * a tenth of noise.
 */
export function drawn(n: number, d: number, groups: number): Points {
  let state = 11;
  const uniform = (): number => (state = (Math.imul(1664525, state) + 1013904223) >>> 0) / 2 ** 32;
  return points(
    Float32Array.from({ length: n * d }, (_, e) => {
      const i = Math.floor(e / d);
      const c = e % d;
      const group = i % groups;
      const total = uniform() + uniform() + uniform();
      const corner = 2 * ((group >> (c % 3)) & 1) + 0.5 * (group === c ? 1 : 0);
      return i >= Math.floor((n * 9) / 10) ? total * 4 - 3 : total * (0.4 + 0.1 * group) + corner;
    }),
    d,
  );
}
