import { countBits, intersect, listBits } from '../confirm/bit-set.js';
import { type Candidate, measureStrength } from '../confirm/candidate.js';
import type { Condition } from '../finding/membership.js';
import { findConjunctions } from './conjunctions.js';
import { type ConditionPredicate, LABEL_FEATURE, mark, type PredicateData } from './predicates.js';
import { readExcess, type SearchData } from './search-data.js';

/** Without a rarer class or category almost the same samples are left. */
const MIN_EXCLUDED = 0.05;
const MAX_EXCLUSIONS = 20;
const MAX_CANDIDATES = 40;
/** Times the strength of the group with the class from which an exclusion pays. */
const PAYS = 1.25;

/**
 * Returns the groups of one condition without one class or category, such as a loud unit and any class but 3:
 * a tie that training taught fails in every class but its own. Only where the group is clearer without it.
 */
export function searchExclusions(
  data: SearchData,
  predicates: readonly ConditionPredicate[],
  finder: string,
): Candidate[] {
  const exclusions = listExclusions(data);
  if (exclusions.length === 0 || predicates.length === 0) return [];
  const all = [...predicates, ...exclusions];
  const isExclusion = (at: number): boolean => at >= predicates.length;
  const found = findConjunctions(all, readExcess(data), {
    levels: 2,
    least: data.least,
    most: predicates.length + MAX_CANDIDATES,
    mayJoin: (a, b) => isExclusion(a) !== isExclusion(b),
    signal: data.signal,
  });
  return found.flatMap(({ predicates: [own, excluded] }) => {
    if (own === undefined || excluded === undefined) return [];
    const members = listBits(intersect(all[own]!.bits, all[excluded]!.bits));
    const before = measureStrength(listBits(all[own]!.bits), data.outcomes);
    if (measureStrength(members, data.outcomes) < PAYS * before) return [];
    const membership = { by: 'conditions', all: [all[own]!.condition, all[excluded]!.condition] } as const;
    return [{ finder, membership, found: members, purity: 1 }];
  });
}

/** Returns predicates for all samples but one class or category, for the most frequent ones of three or more. */
function listExclusions(data: PredicateData): ConditionPredicate[] {
  const { labels, metadata, groupColumn } = data.population;
  const { rows } = data.outcomes;
  const classes = labels && exclude(rows, labels, (differsFrom) => ({ on: 'label', differsFrom }));
  const fields = metadata.flatMap((column, feature) =>
    column.type === 'number' || column.name === groupColumn
      ? []
      : exclude(rows, column.codes, (code) => ({
          on: 'metadata',
          name: column.name,
          noneOf: [column.categories[code]!],
        })).map((one) => ({ ...one, feature })),
  );
  return [...(classes ?? []), ...fields]
    .sort((a, b) => countBits(a.bits) - countBits(b.bits))
    .slice(0, MAX_EXCLUSIONS);
}

function exclude(
  rows: Int32Array,
  codes: Int32Array,
  toCondition: (code: number) => Condition,
): ConditionPredicate[] {
  const counts = new Map<number, number>();
  for (const row of rows) if (codes[row]! >= 0) counts.set(codes[row]!, (counts.get(codes[row]!) ?? 0) + 1);
  if (counts.size < 3) return [];
  return [...counts]
    .filter(([, count]) => count >= MIN_EXCLUDED * rows.length)
    .sort(([a, many], [b, few]) => few - many || a - b)
    .map(([code]) => ({
      feature: LABEL_FEATURE,
      condition: toCondition(code),
      bits: mark(rows, (row) => codes[row]! >= 0 && codes[row] !== code),
    }));
}
