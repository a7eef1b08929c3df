import type { Candidate } from '../confirm/candidate.js';
import { evaluateMembership } from '../finding/members.js';
import type { Condition } from '../finding/membership.js';
import type { Outcomes } from '../confirm/outcomes.js';
import { isComparable } from '../population/places.js';
import type { Population, Space } from '../population/population.js';

/** Data and limits that all finders of groups share. */
export interface SearchData {
  readonly population: Population;
  /** Of the finding half. */
  readonly outcomes: Outcomes;
  /** Groups with fewer members in the finding half are not searched. */
  readonly least: number;
  readonly seed: number;
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/** The part of each loss above the mean of its class; conjunctions need errors of at least 0. */
export const readExcess = ({ outcomes }: SearchData): Float64Array =>
  outcomes.residuals.map((residual) => Math.max(0, residual));

/** Fewer members are no group in any number of samples. */
const MIN_MEMBERS = 8;

/** Fewest members of a group in a finding half of n samples: 1 %, from 8 to 30, and at least 0.2 %. */
export const leastMembers = (n: number): number =>
  Math.max(MIN_MEMBERS, Math.min(30, Math.round(n / 100)), Math.ceil(n / 500));

/**
 * Returns the spaces to search: all layers, the earliest and the latest ones below the output, whose places say little
 * but the prediction.
 */
export function selectSpaces({ spaces, n }: Population): Space[] {
  const inner = spaces.filter(({ depth }) => depth !== undefined && depth < 1);
  const chosen = [spaces[0], inner[0], inner.at(-1)].filter((space) => space !== undefined);
  return [...new Set(chosen)].filter(({ values, width }) => values.length === n * width && width > 0);
}

/** Returns the positions whose place in a space is finite, at most `most`, drawn evenly by a step. */
export function selectPlaced({ outcomes }: SearchData, space: Space, most = Infinity): number[] {
  const placed: number[] = [];
  outcomes.rows.forEach((row, at) => {
    if (isComparable(space, row)) placed.push(at);
  });
  const step = Math.max(1, placed.length / most);
  return step === 1 ? placed : Array.from({ length: most }, (_, i) => placed[Math.floor(i * step)]!);
}

/** Fewest members among the placed samples, where these are a part of all. */
export const leastPlaced = ({ outcomes, least }: SearchData, placed: readonly number[]): number =>
  Math.max(MIN_MEMBERS, Math.ceil((least * placed.length) / Math.max(1, outcomes.rows.length)));

/** Most samples of a finding half that each finder places. */
const MAX_COMPLETE = 5_000;

/** Returns a candidate with its members among all samples, where its finder has placed a part of them. */
export function completeMembers(candidate: Candidate, { population, outcomes }: SearchData): Candidate {
  const { rows } = outcomes;
  if (rows.length <= MAX_COMPLETE || candidate.membership.by !== 'normal') return candidate;
  const mask = evaluateMembership(candidate.membership, population);
  return { ...candidate, found: Int32Array.from(rows.keys()).filter((at) => mask[rows[at]!] === 1) };
}

/** A part of the samples in which a region may lie: all, or the samples of a class. */
export interface SearchArea {
  readonly conditions: readonly Condition[];
  readonly includes: (at: number) => boolean;
}

const EVERYWHERE: SearchArea = { conditions: [], includes: () => true };

/** Share of a group from which its most frequent class describes it. */
const DOMINANT = 0.6;

/**
 * Returns where to fit a region for a group: everywhere, in its class where one is dominant, or else outside of the
 * class that is predicted for most of its errors, whose samples share the cause but not the errors. Never among the
 * samples of a predicted class: places show the class, and class and prediction together are the outcome.
 */
export function selectSearchAreas(
  { population, outcomes }: SearchData,
  own: readonly number[],
): SearchArea[] {
  const { labels, predicted } = population;
  if (labels === undefined) return [EVERYWHERE];
  const labelAt = (at: number): number => labels[outcomes.rows[at]!]!;
  const equals = findDominant(own, labelAt);
  if (equals !== undefined)
    return [{ conditions: [{ on: 'label', equals }], includes: (at) => labelAt(at) === equals }, EVERYWHERE];
  const errors = own.filter((at) => outcomes.errors?.[at] === 1);
  const differsFrom = findDominant(errors, (at) => predicted![outcomes.rows[at]!]!);
  if (differsFrom === undefined || differsFrom < 0) return [EVERYWHERE];
  return [
    {
      conditions: [{ on: 'label', differsFrom }],
      includes: (at) => labelAt(at) >= 0 && labelAt(at) !== differsFrom,
    },
    EVERYWHERE,
  ];
}

/** Returns the most frequent code of some positions, if it is frequent enough to describe them. */
function findDominant(own: readonly number[], codeAt: (at: number) => number): number | undefined {
  const counts = new Map<number, number>();
  for (const at of own) counts.set(codeAt(at), (counts.get(codeAt(at)) ?? 0) + 1);
  const [first] = [...counts].sort(([a, many], [b, few]) => few - many || a - b);
  return first === undefined || first[1] < DOMINANT * own.length ? undefined : first[0];
}
