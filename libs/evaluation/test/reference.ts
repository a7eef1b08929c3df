import { readFileSync } from 'node:fs';

/** A list of numbers as JSON holds it: null for NaN. */
type Stored = readonly (number | 'inf' | null)[];

interface Report {
  readonly confusion: Readonly<Record<'None' | 'true' | 'pred' | 'all', Stored>>;
  readonly precision: Stored;
  readonly recall: Stored;
  readonly f1: Stored;
  readonly support: Stored;
  readonly accuracy: number;
  readonly macro: Stored;
  readonly weighted: Stored;
  readonly areas: readonly (readonly [averagePrecision: number, areaUnderRoc: number])[];
  readonly curves: Readonly<Record<'precision' | 'recall' | 'thresholds' | 'fpr' | 'tpr' | 'levels', Stored>>;
}

type Shares = Readonly<Record<'share' | 'confidence', Stored>>;

/** Values of published programs, by bench/reference/evaluation.py, which describes them. */
export interface Reference {
  readonly classifications: readonly {
    readonly name: string;
    readonly classCount: number;
    readonly truth: string;
    readonly thousandths: string;
    readonly hundredths: string;
    readonly plain: Report;
    readonly weighted: Report;
    readonly calibration: {
      readonly uniform: Shares;
      readonly quantile: Shares;
      readonly error: number;
      readonly brier: number;
    };
    readonly brier: number;
    readonly meanLoss: Stored;
    readonly confidence: Readonly<Record<'correct' | 'misclassified', Stored>>;
  }[];
  readonly regressions: readonly ({
    readonly name: string;
    readonly truthTenths: string;
    readonly predictedTenths: string;
    readonly residuals: Stored;
    readonly cells: Stored;
  } & Readonly<
    Record<
      | 'meanAbsoluteError'
      | 'rootMeanSquaredError'
      | 'medianAbsoluteError'
      | 'maximumError'
      | 'meanResidual'
      | 'r2',
      number
    >
  >)[];
  readonly statistics: {
    readonly normal: readonly (readonly [x: number, cdf: number])[];
    readonly normalQuantile: readonly (readonly [p: number, x: number])[];
    readonly student: readonly (readonly [p: number, degrees: number, t: number])[];
    readonly binomial: readonly (readonly [k: number, n: number, p: number, cdf: number, pmf: number])[];
    readonly wilson: readonly (readonly [
      k: number,
      n: number,
      confidence: number,
      low: number,
      high: number,
    ])[];
    readonly mean: readonly (readonly [low: number, high: number, confidence: number, ...values: number[]])[];
    /** Of the first values of `mean` minus the last ones, at 90 and 95 %. */
    readonly welch: readonly (readonly [low: number, high: number])[];
    readonly bootstrap: readonly Readonly<Record<'values' | 'replicates' | 'bca' | 'percentile', Stored>>[];
    readonly paired: readonly {
      readonly counts: readonly [fixed: number, broken: number, n: number];
      readonly exact: number;
      readonly midP: number;
      readonly score: Readonly<Record<'0.9' | '0.95', readonly [low: number, high: number]>>;
    }[];
    readonly pValues: readonly number[];
    readonly holm: Stored;
    readonly by: Stored;
    readonly assurance: readonly (readonly [effect: number, factor: number, probability: number])[];
  };
}

export const reference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/evaluation.json', import.meta.url), 'utf8'),
) as Reference;

/** Returns the whole numbers over `divisor`. */
export const parseShares = (text: string, divisor: number): Float64Array =>
  Float64Array.from(
    new Uint16Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer),
    (value) => value / divisor,
  );

export const parseNumbers = (stored: Stored): number[] =>
  stored.map((value) => (value === null ? NaN : value === 'inf' ? Infinity : value));

/** The largest difference of two lists, infinite where lengths, NaN or infinities differ. */
export function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let most = 0;
  for (let i = 0; i < found.length; i++) {
    if (Object.is(found[i], expected[i])) continue;
    const difference = Math.abs(found[i]! - expected[i]!);
    if (Number.isNaN(difference)) return Infinity;
    most = Math.max(most, difference);
  }
  return most;
}
