import { DEFAULT_CONFIDENCE, type Interval, newcombeInterval, welchInterval } from '@noema/evaluation';
import {
  type Clusters,
  compareSides,
  effectiveProportion,
  renumber,
  testMeans,
  testRates,
} from '../statistics/clusters.js';
import { studentisedDifference } from '../statistics/studentised-bootstrap.js';
import type { Outcomes } from './outcomes.js';

/** Numbers of a group against the rest of the outcomes. */
export interface GroupMeasure {
  readonly insideCount: number;
  readonly outsideCount: number;
  readonly lossInside: number;
  readonly lossOutside: number;
  /** Misclassified samples; undefined where the model predicts no classes. */
  readonly wrong: { readonly inside: number; readonly outside: number } | undefined;
  /** Lower bound of the difference of the mean losses, 95 % (Welch). */
  readonly excess: number;
  /** Chance that a random group is as bad: the larger of the tests of residuals and of errors. */
  readonly pValue: number;
}

/** A set with fewer members, or with members of fewer groups of samples, cannot be confirmed. */
export const MIN_CONFIRMED = 5;

/** Measures a group: 1 for each position that belongs to it. */
export function measureGroup(outcomes: Outcomes, inside: Uint8Array): GroupMeasure {
  const { losses, residuals, errors, groups } = outcomes;
  const { inside: inner, outside: outer } = compareSides(losses, inside, groups);
  const insideCount = inside.reduce((sum, one) => sum + one, 0);
  const outsideCount = inside.length - insideCount;
  const wrong = errors && {
    inside: count(errors, inside, 1),
    outside: count(errors, inside, 0),
  };
  const byErrors = errors ? testRates(Float64Array.from(errors), inside, groups) : 0;
  return {
    insideCount,
    outsideCount,
    lossInside: inner.mean,
    lossOutside: outer.mean,
    wrong,
    excess: welchInterval(inner, outer).low,
    pValue:
      Math.min(countGroups(groups, inside, 1), countGroups(groups, inside, 0)) < MIN_CONFIRMED
        ? 1
        : Math.max(byErrors, testMeans(residuals, inside, groups)),
  };
}

/** Number of groups of samples on a side: that of the samples where each stands alone. */
const countGroups = (groups: Clusters, inside: Uint8Array, side: number): number =>
  groups === undefined
    ? inside.reduce((sum, own) => sum + Number(own === side), 0)
    : new Set(groups.filter((_, at) => inside[at] === side)).size;

/** Returns the interval of the difference of the mean losses, and of the error rates where there are any. */
export function estimateDifferences(
  outcomes: Outcomes,
  inside: Uint8Array,
  { confidence, seed }: { readonly confidence: number; readonly seed: number },
): { readonly loss: Interval; readonly errors: Interval | undefined } {
  const [inner, outer] = split(outcomes.losses, inside);
  const { errors, groups } = outcomes;
  return {
    loss: studentisedDifference(inner, outer, { confidence, seed, groups: splitGroups(groups, inside) }),
    errors: errors && compareRates(Float64Array.from(errors), inside, { groups, confidence }),
  };
}

/** Returns the interval of the difference of the shares of hits, 0 or 1, inside and outside. */
export function compareRates(
  hits: Float64Array,
  inside: Uint8Array,
  { groups, confidence = DEFAULT_CONFIDENCE }: { readonly groups: Clusters; readonly confidence?: number },
): Interval {
  const [a, b] = split(hits, inside);
  const own = splitGroups(groups, inside);
  return newcombeInterval(
    effectiveProportion(a, own?.inside, { confidence }),
    effectiveProportion(b, own?.outside, { confidence }),
    confidence,
  );
}

/** Returns the groups of the values inside and outside. */
export const splitGroups = (groups: Clusters, inside: Uint8Array) =>
  groups && {
    inside: renumber(groups.filter((_, at) => inside[at] === 1)),
    outside: renumber(groups.filter((_, at) => inside[at] === 0)),
  };

/** Returns the values inside and outside of a group. */
export const split = (values: Float64Array, inside: Uint8Array): [Float64Array, Float64Array] => [
  values.filter((_, at) => inside[at] === 1),
  values.filter((_, at) => inside[at] === 0),
];

const count = (errors: Uint8Array, inside: Uint8Array, side: number): number =>
  errors.reduce((sum, error, at) => sum + Number(error === 1 && inside[at] === side), 0);
