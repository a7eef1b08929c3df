import type { MetadataColumn, Population, Space, UnitResponses } from '../population/population.js';
import type { Condition, Membership } from './membership.js';
import { conditionUnknown } from '../insights.errors.js';

type Test = (row: number) => boolean;

/**
 * Returns 1 for each sample of a population that belongs to a membership, [n] uint8. `score` gives the score of each
 * sample where membership is by score. Throws `invalid` CONDITION_UNKNOWN if the population lacks what it names, and
 * for memberships by pairs, which the kind computes.
 */
export function evaluateMembership(
  membership: Membership,
  population: Population,
  score?: Float32Array,
): Uint8Array {
  const mask = new Uint8Array(population.n);
  if (membership.by === 'pairs') throw conditionUnknown('pairs');
  const tests = membership.all.map((condition) => toTest(condition, population));
  const place = placeTest(membership, population, score);
  if (place !== undefined) tests.push(place);
  for (let row = 0; row < population.n; row++) if (tests.every((test) => test(row))) mask[row] = 1;
  return mask;
}

function placeTest(
  membership: Exclude<Membership, { readonly by: 'pairs' }>,
  population: Population,
  score: Float32Array | undefined,
): Test | undefined {
  switch (membership.by) {
    case 'conditions':
      return undefined;
    case 'ball': {
      const { values, width } = findSpace(population.spaces, membership.space);
      const { center } = membership;
      const limit = membership.radius ** 2;
      return (row) => {
        let sum = 0;
        for (let i = 0; i < width; i++) sum += (values[row * width + i]! - center[i]!) ** 2;
        return sum <= limit;
      };
    }
    case 'normal': {
      const { values, width } = findSpace(population.spaces, membership.space);
      const density = logDensities(membership);
      return (row) => density(values, row * width) >= membership.least;
    }
    case 'score': {
      if (score === undefined) throw conditionUnknown('score');
      return (row) => score[row]! >= membership.least;
    }
  }
}

/** A normal distribution with a diagonal covariance. */
export interface DiagonalNormal {
  readonly mean: readonly number[];
  readonly variance: readonly number[];
}

/** Log density of a normal distribution with a diagonal covariance, −½ Σ (ln 2πσ² + (x − μ)² / σ²). */
export const logNormalDensity = (x: ArrayLike<number>, normal: DiagonalNormal): number =>
  logDensities(normal)(x, 0);

/** Returns the log density as a function of the values of a point that start at a position. */
export function logDensities({
  mean,
  variance,
}: DiagonalNormal): (x: ArrayLike<number>, at: number) => number {
  const constant = variance.reduce((sum, one) => sum + Math.log(2 * Math.PI * one), 0);
  const precision = Float64Array.from(variance, (one) => 1 / one);
  const center = Float64Array.from(mean);
  return (x, at) => {
    let sum = constant;
    for (let i = 0; i < center.length; i++) {
      const gap = x[at + i]! - center[i]!;
      sum += gap * gap * precision[i]!;
    }
    return -sum / 2;
  };
}

function findSpace(spaces: readonly Space[], key: string): Space {
  const space = spaces.find((one) => one.key === key);
  if (space === undefined) throw conditionUnknown(`space ${key}`);
  return space;
}

function toTest(condition: Condition, population: Population): Test {
  switch (condition.on) {
    case 'label':
    case 'predicted': {
      const classes = condition.on === 'label' ? population.labels : population.predicted;
      if (classes === undefined) throw conditionUnknown(condition.on);
      if ('differsFrom' in condition)
        return (row) => classes[row]! >= 0 && classes[row] !== condition.differsFrom;
      return (row) => classes[row] === condition.equals;
    }
    case 'correct': {
      const { labels, predicted } = population;
      if (labels === undefined || predicted === undefined) throw conditionUnknown('correct');
      return (row) => labels[row]! >= 0 && (labels[row] === predicted[row]) === condition.equals;
    }
    case 'split': {
      const code = population.splits.findIndex((split) => split === condition.equals);
      return (row) => population.splitCodes[row] === code;
    }
    case 'metadata':
      return metadataTest(condition, population.metadata);
    case 'unit': {
      const at = findUnit(population.units, condition);
      const { values } = population.units!;
      return (row) => isWithin(values[at * population.n + row]!, condition);
    }
  }
}

function metadataTest(
  condition: Extract<Condition, { readonly on: 'metadata' }>,
  columns: readonly MetadataColumn[],
): Test {
  const column = columns.find(({ name }) => name === condition.name);
  if (column?.type === 'category' && 'oneOf' in condition) {
    const codes = new Set(condition.oneOf.map((text) => column.categories.indexOf(text)));
    codes.delete(-1);
    return (row) => codes.has(column.codes[row]!);
  }
  if (column?.type === 'category' && 'noneOf' in condition) {
    const codes = new Set(condition.noneOf.map((text) => column.categories.indexOf(text)));
    return (row) => column.codes[row]! >= 0 && !codes.has(column.codes[row]!);
  }
  if (column?.type === 'number' && !('oneOf' in condition) && !('noneOf' in condition)) {
    return (row) => isWithin(column.values[row]!, condition);
  }
  throw conditionUnknown(`metadata ${condition.name}`);
}

/** Returns the column of a unit among the units of all layers. */
function findUnit(
  units: UnitResponses | undefined,
  { layer, unit }: { readonly layer: string; readonly unit: number },
): number {
  let offset = 0;
  for (const one of units?.layers ?? []) {
    if (one.name === layer && unit < one.units) return offset + unit;
    offset += one.units;
  }
  throw conditionUnknown(`unit ${layer}:${unit}`);
}

/** NaN is within no range. */
const isWithin = (
  value: number,
  { above, atMost }: { readonly above?: number; readonly atMost?: number },
): boolean =>
  !Number.isNaN(value) && (above === undefined || value > above) && (atMost === undefined || value <= atMost);
