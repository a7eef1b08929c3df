import { nearestStored, points } from '@noema/manifold';
import type { UnitResponses } from '../../population/population.js';
import { type DepthGroup, pickEvenly } from './depth-groups.js';
import { describeUnits, type StandardUnit } from './standard-units.js';

/** Most units of a group that span its space. */
const MAX_UNITS = 64;

export interface ViewOptions {
  /** Samples that the model has learned from. */
  readonly reference: Int32Array;
  /** Samples to judge. */
  readonly rows: Int32Array;
  readonly neighbors: number;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Scores samples by the distance to their k-th nearest reference sample among the responses of some layers, each unit
 * over its standard deviation and each sample scaled to length 1 (Sun et al., Out-of-distribution detection with deep
 * nearest neighbors, ICML 2022), [rows] float64. Without centring: zero means a silent unit.
 */
export async function scoreNeighbors(
  responses: UnitResponses,
  n: number,
  group: DepthGroup,
  { reference, rows, neighbors, threads, signal }: ViewOptions,
): Promise<Float64Array> {
  const units = describeUnits(responses, n, pickEvenly(group.layers.flat(), MAX_UNITS), reference);
  const place = (some: Int32Array) => points(placeOnSphere(responses, n, units, some), units.length);
  const options = { threads, ...(signal && { signal }) };
  const { k, distances } = await nearestStored(place(reference), place(rows), neighbors, options);
  return Float64Array.from(rows, (_, at) => distances[at * k + k - 1]!);
}

/** Scaled responses of some rows at length 1, [rows, units]; zero stays zero. */
function placeOnSphere(
  { values }: UnitResponses,
  n: number,
  units: readonly StandardUnit[],
  rows: Int32Array,
): Float32Array {
  const width = units.length;
  const placed = new Float32Array(rows.length * width);
  units.forEach(({ unit, scale }, u) => {
    for (let at = 0; at < rows.length; at++) placed[at * width + u] = values[unit * n + rows[at]!]! * scale;
  });
  for (let from = 0; from < placed.length; from += width) {
    const own = placed.subarray(from, from + width);
    const length = Math.sqrt(own.reduce((sum, value) => sum + value ** 2, 0));
    if (length > 0) for (let u = 0; u < width; u++) own[u]! /= length;
  }
  return placed;
}
