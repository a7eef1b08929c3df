import {
  computeMoments,
  type Interval,
  type Moments,
  newcombeInterval,
  welchInterval,
} from '@noema/evaluation';
import { fisherGreater } from '../statistics/fisher.js';
import { studentisedDifference } from '../statistics/studentised-bootstrap.js';
import { welchGreater } from '../statistics/welch.js';
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

/** Groups with fewer members cannot be confirmed. */
export const MIN_CONFIRMED = 5;

/** Measures a group: 1 for each position that belongs to it. */
export function measureGroup(outcomes: Outcomes, inside: Uint8Array): GroupMeasure {
  const { losses, residuals, errors } = outcomes;
  const [inner, outer] = split(losses, inside).map((values) => computeMoments(values)) as [Moments, Moments];
  const [insideCount, outsideCount] = [inner.n, outer.n];
  const wrong = errors && {
    inside: count(errors, inside, 1),
    outside: count(errors, inside, 0),
  };
  const byErrors = wrong
    ? fisherGreater({ insideHits: wrong.inside, insideCount, outsideHits: wrong.outside, outsideCount })
    : 0;
  return {
    insideCount,
    outsideCount,
    lossInside: inner.mean,
    lossOutside: outer.mean,
    wrong,
    excess: welchInterval(inner, outer).low,
    pValue:
      insideCount < MIN_CONFIRMED || outsideCount < MIN_CONFIRMED
        ? 1
        : Math.max(byErrors, testResiduals(residuals, inside)),
  };
}

/**
 * Welch's test, one-sided. Few members may have almost equal losses by luck (all at the limit), so their deviation
 * counts as at least that of the others.
 */
export function testResiduals(residuals: Float64Array, inside: Uint8Array): number {
  const [a, b] = split(residuals, inside).map((values) => computeMoments(values)) as [Moments, Moments];
  return welchGreater({ ...a, deviation: Math.max(a.deviation, b.deviation) }, b);
}

/** Returns the interval of the difference of the mean losses, and of the error rates where there are any. */
export function estimateDifferences(
  outcomes: Outcomes,
  inside: Uint8Array,
  { confidence, seed }: { readonly confidence: number; readonly seed: number },
): { readonly loss: Interval; readonly errors: Interval | undefined } {
  const [inner, outer] = split(outcomes.losses, inside);
  const { errors } = outcomes;
  return {
    loss: studentisedDifference(inner, outer, { confidence, seed }),
    errors:
      errors &&
      newcombeInterval(
        { successes: count(errors, inside, 1), trials: inner.length },
        { successes: count(errors, inside, 0), trials: outer.length },
        confidence,
      ),
  };
}

/** Returns the values inside and outside of a group. */
export const split = (values: Float64Array, inside: Uint8Array): [Float64Array, Float64Array] => [
  values.filter((_, at) => inside[at] === 1),
  values.filter((_, at) => inside[at] === 0),
];

const count = (errors: Uint8Array, inside: Uint8Array, side: number): number =>
  errors.reduce((sum, error, at) => sum + Number(error === 1 && inside[at] === side), 0);
