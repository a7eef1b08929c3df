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
  /** Label of each position, and whether the prediction is wrong. */
  readonly labels: Int32Array;
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
    wrong: Uint8Array.from(own, (label, at) => Number(label !== said[at])),
    groups: pickGroups(population, rows.rows),
    typical: Math.max(1, median) / Math.max(1, rows.find.length),
  };
}

/** Numbers of a tie on some positions. */
export interface TieCounts {
  readonly disagreeing: number;
  readonly agreeing: number;
  readonly wrongDisagreeing: number;
  readonly wrongAgreeing: number;
}

/** Counts the positions on which a tie holds and breaks, and how often the model is wrong there. */
export function countTie(
  { labels, wrong }: Study,
  { tie, side }: Candidate,
  positions: Int32Array,
): TieCounts {
  const counts = { disagreeing: 0, agreeing: 0, wrongDisagreeing: 0, wrongAgreeing: 0 };
  for (const at of positions) {
    const isOff = disagrees(tie, side, at, labels[at]!);
    if (isOff === undefined) continue;
    counts[isOff ? 'disagreeing' : 'agreeing']++;
    counts[isOff ? 'wrongDisagreeing' : 'wrongAgreeing'] += wrong[at]!;
  }
  return counts;
}

/** The positions on which a tie holds or breaks: whether it breaks, and whether the model is wrong. */
export function readTie({ labels, wrong, groups }: Study, { tie, side }: Candidate, positions: Int32Array) {
  const known = positions.filter((at) => disagrees(tie, side, at, labels[at]!) !== undefined);
  return {
    isOff: Uint8Array.from(known, (at) => Number(disagrees(tie, side, at, labels[at]!))),
    wrong: Float64Array.from(known, (at) => wrong[at]!),
    groups: groups && renumber(known.map((at) => groups[at]!)),
  };
}

export const share = (hits: number, trials: number): number => (trials === 0 ? 0 : hits / trials);

/** Returns the held-out positions on which feature and label disagree. */
export const findOff = (study: Study, { tie, side }: Candidate): number[] =>
  [...study.find, ...study.confirm].filter((at) => disagrees(tie, side, at, study.labels[at]!));
