import { symmetricEigen } from '@noema/perception';
import type { UnitResponses } from '../../population/population.js';
import { type DepthGroup, pickEvenly } from './depth-groups.js';
import { describeUnits } from './standard-units.js';
import type { ViewOptions } from './neighbor-view.js';

/** Most units of all groups together: the cost grows with their square. */
const MAX_UNITS = 256;
/** Added to each variance, relative to their mean, so that directions without variance stay bounded. */
const RIDGE = 1e-3;

/**
 * Scores samples by the Mahalanobis distance of the responses of all layers to the mean of the reference, [rows]
 * float64: it sees layers that do not fit each other, although each alone looks right. Each layer has the same weight
 * before the covariance is inverted.
 */
export function scoreJointly(
  responses: UnitResponses,
  n: number,
  groups: readonly DepthGroup[],
  { reference, rows }: ViewOptions,
): Float64Array {
  const layers = groups.flatMap((group) => group.layers);
  const each = Math.max(1, Math.floor(MAX_UNITS / layers.length));
  const units = layers.flatMap((layer) => {
    const picked = describeUnits(responses, n, pickEvenly(layer, each), reference);
    return picked.map((unit) => ({ ...unit, scale: unit.scale / Math.sqrt(picked.length) }));
  });
  const d = units.length;
  const x = new Float64Array(d);
  const read = (row: number): void => {
    for (let u = 0; u < d; u++) {
      const { unit, mean, scale } = units[u]!;
      x[u] = (responses.values[unit * n + row]! - mean) * scale;
    }
  };
  const covariance = new Float64Array(d * d);
  for (const row of reference) {
    read(row);
    for (let u = 0; u < d; u++) for (let v = 0; v <= u; v++) covariance[u * d + v]! += x[u]! * x[v]!;
  }
  const { values, vectors } = symmetricEigen(
    covariance.map((sum) => sum / reference.length),
    d,
  );
  const ridge = (RIDGE * values.reduce((sum, value) => sum + Math.max(0, value), 0)) / d || 1;
  return Float64Array.from(rows, (row) => {
    read(row);
    let square = 0;
    for (let at = 0; at < d; at++) {
      let along = 0;
      for (let u = 0, from = at * d; u < d; u++) along += vectors[from + u]! * x[u]!;
      square += along ** 2 / (Math.max(0, values[at]!) + ridge);
    }
    return Math.sqrt(square);
  });
}
