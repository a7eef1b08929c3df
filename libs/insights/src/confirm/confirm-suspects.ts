import type { Interval } from '@noema/evaluation';
import type { Effect, Severity } from '../finding/finding.js';
import { evaluateMembership } from '../finding/members.js';
import { severityOfLoss } from '../finding/severity.js';
import type { Population } from '../population/population.js';
import { weightedBenjaminiYekutieli } from '../statistics/weighted-fdr.js';
import type { Suspect } from './candidate.js';
import { confidenceAfterSelection } from './confidence-after-selection.js';
import { estimateDifferences, type GroupMeasure, measureGroup } from './measure.js';
import { judgeRows, type Outcomes } from './outcomes.js';

/** A suspect with its numbers on samples that the search did not see. */
export interface Verdict {
  readonly suspect: Suspect;
  readonly state: 'hint' | 'confirmed';
  readonly measure: GroupMeasure;
  /** Of the error rate; of the mean loss where the model predicts no classes. */
  readonly effect: Effect;
  /** Of the difference of the mean losses. */
  readonly lossInterval: Interval;
  /** Losses above this counted as this. */
  readonly limit: number;
  readonly pValue: number;
  readonly qValue: number;
  readonly severity: Severity;
}

/** A group whose loss exceeds the rest by less than this share of the mean loss, or this ratio, is no finding. */
const [MIN_EXCESS, MIN_RATIO] = [0.2, 1.25];
/** A suspect below this p-value that is not confirmed remains as a hint. */
const HINT = 0.05;

/**
 * Tests suspects on rows that their search did not see: Benjamini–Yekutieli over all of them, weighted by their
 * strength on the rows of the search, and only groups whose damage is worth the attention. The intervals of confirmed
 * groups have a false coverage rate of 5 %.
 */
export function confirmSuspects(
  population: Population,
  suspects: readonly Suspect[],
  { rows, q, seed }: { readonly rows: Int32Array; readonly q: number; readonly seed: number },
): Verdict[] {
  const outcomes = judgeRows(population, rows);
  const sides = suspects.map(({ membership }) => {
    const mask = evaluateMembership(membership, population);
    return Uint8Array.from(rows, (row) => mask[row]!);
  });
  const measures = sides.map((inside) => measureGroup(outcomes, inside));
  const pValues = measures.map(({ pValue }) => pValue);
  const qValues = weightedBenjaminiYekutieli(
    pValues,
    suspects.map(({ strength }) => strength),
  );
  const isConfirmed = measures.map((measure, at) => qValues[at]! <= q && isWorthAttention(measure, outcomes));
  const confidence = confidenceAfterSelection(isConfirmed.filter(Boolean).length, suspects.length);
  return suspects.flatMap((suspect, at) => {
    if (!isConfirmed[at]! && (qValues[at]! <= q || !(pValues[at]! <= HINT))) return [];
    const verdict = describeGroup(outcomes, {
      suspect,
      inside: sides[at]!,
      measure: measures[at]!,
      confidence,
      seed: seed + at,
    });
    return [
      {
        ...verdict,
        state: isConfirmed[at]! ? ('confirmed' as const) : ('hint' as const),
        pValue: pValues[at]!,
        qValue: qValues[at]!,
      },
    ];
  });
}

interface Group {
  readonly suspect: Suspect;
  readonly inside: Uint8Array;
  readonly measure: GroupMeasure;
  readonly confidence: number;
  readonly seed: number;
}

/** Returns the numbers of a group; its state and chances are the caller's. */
export function describeGroup(
  outcomes: Outcomes,
  { suspect, inside, measure, confidence, seed }: Group,
): Omit<Verdict, 'state' | 'pValue' | 'qValue'> {
  const intervals = estimateDifferences(outcomes, inside, { confidence, seed });
  const { insideCount, outsideCount, wrong, lossInside, lossOutside } = measure;
  const [at, rest] = wrong
    ? [wrong.inside / insideCount, wrong.outside / outsideCount]
    : [lossInside, lossOutside];
  return {
    suspect,
    measure,
    effect: {
      measure: wrong ? 'error rate' : 'mean loss',
      inside: at,
      outside: rest,
      insideCount,
      outsideCount,
      difference: at - rest,
      interval: intervals.errors ?? intervals.loss,
    },
    lossInterval: intervals.loss,
    limit: outcomes.limit,
    severity: severityOfLoss({
      members: insideCount,
      n: outcomes.rows.length,
      excess: intervals.loss.low,
      meanLoss: meanLoss(outcomes),
    }),
  };
}

/** Whether the damage of a group is worth the attention of people. */
export const isWorthAttention = (
  { excess, lossInside, lossOutside }: GroupMeasure,
  outcomes: Outcomes,
): boolean => excess >= MIN_EXCESS * meanLoss(outcomes) && lossInside >= MIN_RATIO * lossOutside;

const meanLoss = ({ losses }: Outcomes): number =>
  losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length);
