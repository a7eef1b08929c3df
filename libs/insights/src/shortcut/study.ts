import { pickGroups } from '../population/groups.js';
import type { Population } from '../population/population.js';
import { type Clusters, renumber } from '../statistics/clusters.js';
import { disagrees, type Side, type Tie } from './feature.js';
import type { StudyRows } from './study-rows.js';

/** A tie, and the side on which the model fails most clearly. */
export interface Candidate {
  readonly tie: Tie;
  readonly side: Side;
}

/** The rows of a search for shortcuts, and what the model has answered on them. */
export interface Study extends StudyRows {
  /** Label and prediction of each position, and whether the prediction is wrong. */
  readonly labels: Int32Array;
  readonly predicted: Int32Array;
  readonly wrong: Uint8Array;
  /** Group of each position; undefined where each stands alone. */
  readonly groups: Clusters;
  /** Share of the rows of `find` on which the median class and its prediction disagree. */
  readonly typical: number;
}

export function createStudy(population: Population, rows: StudyRows): Study {
  const { labels, predicted, classNames } = population;
  const own = Int32Array.from(rows.rows, (row) => labels![row]!);
  const said = Int32Array.from(rows.rows, (row) => predicted![row]!);
  const off = new Float64Array(classNames.length);
  for (const at of rows.find) {
    if (own[at] === said[at]) continue;
    off[own[at]!]!++;
    off[said[at]!]!++;
  }
  const median = off.toSorted()[off.length >> 1] ?? 0;
  return {
    ...rows,
    labels: own,
    predicted: said,
    wrong: Uint8Array.from(own, (label, at) => Number(label !== said[at])),
    groups: pickGroups(population, rows.rows),
    typical: Math.max(1, median) / Math.max(1, rows.find.length),
  };
}

/**
 * Whether a tie is judged by what it pulls: samples of other classes with the feature that are predicted as the class,
 * against those without it. All errors would hide a weak pull. Units of late layers respond where the class is
 * predicted, so that they would always pull.
 */
export const isPull = ({ tie, side }: Candidate): boolean => side === 'with' && tie.feature.source !== 'unit';

/** Numbers of a tie on some positions: where it breaks and holds, and how many are wrong there, or pulled. */
export interface TieCounts {
  readonly disagreeing: number;
  readonly agreeing: number;
  readonly wrongDisagreeing: number;
  readonly wrongAgreeing: number;
}

/** Whether a tie breaks at a position, and whether the model is wrong or pulled there; undefined where it is silent. */
function judge(
  { labels, predicted, wrong }: Study,
  candidate: Candidate,
  at: number,
): { readonly isOff: boolean; readonly wrong: number } | undefined {
  const { tie, side } = candidate;
  const pulls = isPull(candidate);
  if (pulls && labels[at] === tie.label) return undefined;
  const isOff = disagrees(tie, side, at, labels[at]!);
  if (isOff === undefined) return undefined;
  return { isOff, wrong: pulls ? Number(predicted[at] === tie.label) : wrong[at]! };
}

/** Counts the positions on which a tie holds and breaks, and how often the model is wrong there. */
export function countTie(study: Study, candidate: Candidate, positions: Int32Array): TieCounts {
  const counts = { disagreeing: 0, agreeing: 0, wrongDisagreeing: 0, wrongAgreeing: 0 };
  for (const at of positions) {
    const one = judge(study, candidate, at);
    if (one === undefined) continue;
    counts[one.isOff ? 'disagreeing' : 'agreeing']++;
    counts[one.isOff ? 'wrongDisagreeing' : 'wrongAgreeing'] += one.wrong;
  }
  return counts;
}

/** The positions on which a tie holds or breaks: whether it breaks, and whether the model is wrong. */
export function readTie(study: Study, candidate: Candidate, positions: Int32Array) {
  const { groups } = study;
  const known = positions.filter((at) => judge(study, candidate, at) !== undefined);
  return {
    isOff: Uint8Array.from(known, (at) => Number(judge(study, candidate, at)!.isOff)),
    wrong: Float64Array.from(known, (at) => judge(study, candidate, at)!.wrong),
    groups: groups && renumber(known.map((at) => groups[at]!)),
  };
}

export const share = (hits: number, trials: number): number => (trials === 0 ? 0 : hits / trials);

/** Returns the held-out positions on which feature and label disagree. */
export const findOff = (study: Study, { tie, side }: Candidate): number[] =>
  [...study.find, ...study.confirm].filter((at) => disagrees(tie, side, at, study.labels[at]!));
