import {
  benjaminiYekutieli,
  computeMoments,
  type Moments,
  studentCdf,
  welchInterval,
} from '@noema/evaluation';
import { confidenceAfterSelection } from '../confirm/confidence-after-selection.js';
import { MIN_CONFIRMED, split, splitGroups } from '../confirm/measure.js';
import type { Finding, KindReport } from '../finding/finding.js';
import { evaluateMembership } from '../finding/members.js';
import type { Membership } from '../finding/membership.js';
import { severityOfMetric } from '../finding/severity.js';
import { formatChange, formatCount, formatPoints, formatShare } from '../finding/numbers.js';
import { describeMembership } from '../finding/words.js';
import { listMetadataPredicates } from '../low-performance/predicates.js';
import { type Answers, readAnswers } from '../miscalibrated/answers.js';
import { estimateError } from '../miscalibrated/calibration-error.js';
import { CONFIRM, FIND } from '../population/halves.js';
import { remarkTraining } from '../population/held-out.js';
import type { Population } from '../population/population.js';
import { compareSides } from '../statistics/clusters.js';
import { studentisedDifference } from '../statistics/studentised-bootstrap.js';
import { welchGreater } from '../statistics/welch.js';
import type { InsightKind, SearchContext } from './insight-kind.js';

/** Members in each half below which a group is not tried. */
const MIN_MEMBERS = 30;
/** Standard errors on the finding half from which a group is tested. */
const MIN_STRENGTH = 2;
/** A gap whose lower bound is smaller is no finding. */
const MIN_GAP = 0.02;

/** Groups whose confidence exceeds, or falls behind, their share of right answers more than elsewhere. */
export const miscalibratedKind: InsightKind = {
  key: 'miscalibrated',
  title: 'Miscalibrated',
  summary: 'Groups whose confidence differs from their share of right answers more than elsewhere.',
  reference: 'Nixon et al., Measuring calibration in deep learning, CVPR workshops 2019',
  parameters: [],
  facts: {},
  version: 6,
  numbers: {
    calibrationError: { title: 'Calibration error', unit: 'points' },
    calibrationErrorLow: { title: 'Calibration error, from', unit: 'points' },
    calibrationErrorHigh: { title: 'Calibration error, to', unit: 'points' },
  },
  needs: ['labels', 'predicted', 'probabilities'],
  search: searchMiscalibrated,
};

interface Suspect {
  readonly membership: Membership;
  readonly inside: Uint8Array;
  /** 1 for too sure, −1 for too unsure, on the finding half. */
  readonly direction: 1 | -1;
  readonly pValue: number;
  /** Lower bound of the difference of the gaps in its direction on the confirming half, 95 % (Welch). */
  readonly bound: number;
}

function searchMiscalibrated(population: Population, { halves, q, seed }: SearchContext): KindReport {
  const [find, confirm] = [FIND, CONFIRM].map((half) => readAnswers(population, halves, half)) as [
    Answers,
    Answers,
  ];
  const suspects = listGroups(population, find.rows).flatMap((membership) => {
    const mask = evaluateMembership(membership, population);
    const suspect = testGroup(membership, { mask, find, confirm });
    return suspect === undefined ? [] : [suspect];
  });
  const qValues = benjaminiYekutieli(suspects.map(({ pValue }) => pValue));
  const reported = [...suspects.keys()].filter((at) => qValues[at]! <= q && suspects[at]!.bound >= MIN_GAP);
  const level = confidenceAfterSelection(reported.length, suspects.length);
  const findings = reported.map((at) =>
    describe(population, suspects[at]!, { confirm, qValue: qValues[at]!, level, seed }),
  );
  findings.sort((a, b) => b.severity.share - a.severity.share || a.pValue! - b.pValue!);
  return { findings, tried: suspects.length, remarks: remarkTraining(population) };
}

/** Predicted classes and cells of metadata: groups that no outcome has selected. */
function listGroups(population: Population, rows: Int32Array): Membership[] {
  const classes = [...new Set(rows.map((row) => population.predicted![row]!))].sort((a, b) => a - b);
  return [
    ...classes.map((equals) => ({ on: 'predicted', equals }) as const),
    ...listMetadataPredicates({ population, outcomes: { rows } }).map(({ condition }) => condition),
  ].map((condition) => ({ by: 'conditions', all: [condition] }));
}

function testGroup(
  membership: Membership,
  { mask, find, confirm }: { readonly mask: Uint8Array; readonly find: Answers; readonly confirm: Answers },
): Suspect | undefined {
  const [first, second] = [find, confirm].map(({ rows, gaps, groups }) => {
    const inside = Uint8Array.from(rows, (row) => mask[row]!);
    const members = inside.reduce((sum, one) => sum + one, 0);
    const sides = compareSides(gaps, inside, groups);
    const { inside: inner, outside: outer, covariance } = sides;
    const isSmall =
      Math.min(members, rows.length - members) < MIN_MEMBERS || Math.min(inner.n, outer.n) < MIN_CONFIRMED;
    // Few groups may have almost equal gaps by luck: their deviation counts as at least that of the others.
    const deviation = groups === undefined ? inner.deviation : Math.max(inner.deviation, outer.deviation);
    return { inside, inner: { ...inner, deviation }, outer, covariance, isSmall };
  });
  if (first!.isSmall || second!.isSmall) return undefined;
  const { inner, outer } = first!;
  const error = Math.hypot(inner.deviation / Math.sqrt(inner.n), outer.deviation / Math.sqrt(outer.n));
  const difference = inner.mean - outer.mean;
  if (!(Math.abs(difference) >= MIN_STRENGTH * error) || difference === 0) return undefined;
  const direction = difference > 0 ? 1 : -1;
  // The rest of a miscalibrated group differs from it as well, without a gap of its own.
  if (direction * inner.mean < MIN_GAP) return undefined;
  const { inner: a, outer: b, covariance } = second!;
  const { low, high } = welchInterval(a, b);
  return {
    membership,
    inside: second!.inside,
    direction,
    pValue: Math.max(
      direction > 0 ? welchGreater(a, b, covariance) : welchGreater(b, a, covariance),
      testGap(a, direction),
    ),
    bound: direction > 0 ? low : -high,
  };
}

/** The chance of a gap as large in a calibrated group (Student, one-sided). */
const testGap = ({ n, mean, deviation }: Moments, direction: 1 | -1): number =>
  deviation > 0 ? studentCdf((-direction * mean * Math.sqrt(n)) / deviation, n - 1) : 1;

function describe(
  population: Population,
  { membership, inside, direction, pValue }: Suspect,
  {
    confirm,
    qValue,
    level,
    seed,
  }: {
    readonly confirm: Answers;
    readonly qValue: number;
    /** Confidence of the intervals. */
    readonly level: number;
    readonly seed: number;
  },
): Finding {
  const [inner, outer] = split(confirm.gaps, inside);
  const interval = studentisedDifference(inner, outer, {
    ...{ confidence: level, seed },
    groups: splitGroups(confirm.groups, inside),
  });
  const bound = direction > 0 ? interval.low : -interval.high;
  const [gap, rest] = [computeMoments(inner).mean, computeMoments(outer).mean];
  const [sure] = split(confirm.confidence, inside).map((values) => computeMoments(values).mean);
  const members = [...confirm.rows.keys()].filter((at) => inside[at] === 1);
  members.sort((a, b) => direction * (confirm.gaps[b]! - confirm.gaps[a]!) || a - b);
  const error = estimateError(confirm, members, { level, seed });
  return {
    subkind: direction > 0 ? 'too sure' : 'too unsure',
    state: 'confirmed',
    sentence:
      `${describeMembership(membership, population)}: ${formatCount(inner.length)} of ` +
      `${formatCount(confirm.rows.length)} samples, ` +
      `${formatShare(sure!)} sure and ${formatShare(sure! - gap)} right, a gap of ${formatPoints(gap)} ` +
      `where the rest ` +
      `has ${formatPoints(rest)}; calibration error ` +
      `${formatChange(error.value, error.interval, true)}.`,
    membership,
    members: Int32Array.from(members, (at) => confirm.rows[at]!),
    scores: Float32Array.from(members, (at) => direction * confirm.gaps[at]!),
    effect: {
      measure: 'confidence − share right',
      inside: gap,
      outside: rest,
      insideCount: inner.length,
      outsideCount: outer.length,
      difference: gap - rest,
      interval,
    },
    pValue,
    qValue,
    severity: severityOfMetric((inner.length / confirm.rows.length) * Math.max(0, bound)),
    explanations: [],
    numbers: {
      calibrationError: error.value,
      calibrationErrorLow: error.interval.low,
      calibrationErrorHigh: error.interval.high,
    },
    tables: {},
    remarks: ['Shares and intervals are of the confirming half. Members are too.'],
  };
}
