import { intersect, listBits } from '../confirm/bit-set.js';
import type { Candidate } from '../confirm/candidate.js';
import { type ConjunctionOptions, findConjunctions } from './conjunctions.js';
import {
  type ConditionPredicate,
  listClassPredicates,
  listMetadataPredicates,
  listUnitPredicates,
} from './predicates.js';
import { searchExclusions } from './exclusions.js';
import { readExcess, type SearchData } from './search-data.js';

const MAX_CONJUNCTIONS = 80;
/** Predicates by their own score that meet others; two in two make 45,000 pairs. */
const MAX_JOINED = 300;

/** Finds conjunctions of at most three conditions on metadata and the class, and of one without a class or category. */
export function searchMetadata(data: SearchData): Promise<Candidate[]> {
  const fields = strongest(data, listMetadataPredicates(data));
  if (fields.length === 0) return Promise.resolve([]);
  const all = [...fields, ...listClassPredicates(data)];
  return Promise.resolve([
    ...search(data, all, { levels: 3 }, 'metadata'),
    ...searchExclusions(data, all, 'metadata'),
  ]);
}

/** Finds silent or loud units, alone, in or outside of a class, or with one condition on metadata. */
export function searchUnits(data: SearchData): Promise<Candidate[]> {
  const units = strongest(data, listUnitPredicates(data));
  if (units.length === 0) return Promise.resolve([]);
  const others = [...strongest(data, listMetadataPredicates(data)), ...listClassPredicates(data)];
  const isUnit = (at: number): boolean => at < units.length;
  const options = { levels: 2, mayJoin: (a: number, b: number) => isUnit(a) !== isUnit(b) };
  const found = search(data, renumber([...units, ...others]), options, 'unit').filter(({ membership }) =>
    membership.by === 'conditions' ? membership.all.some(({ on }) => on === 'unit') : false,
  );
  return Promise.resolve([...found, ...searchExclusions(data, renumber(units), 'unit')]);
}

function search(
  data: SearchData,
  predicates: readonly ConditionPredicate[],
  options: Pick<ConjunctionOptions, 'levels' | 'mayJoin'>,
  finder: string,
): Candidate[] {
  const { least, signal } = data;
  const found = findConjunctions(predicates, readExcess(data), {
    ...options,
    least,
    most: MAX_CONJUNCTIONS,
    signal,
  });
  return found.map(({ predicates: positions }) => {
    const parts = positions.map((at) => predicates[at]!);
    return {
      finder,
      membership: { by: 'conditions', all: parts.map(({ condition }) => condition) },
      found: listBits(parts.map(({ bits }) => bits).reduce(intersect)),
      purity: 1,
    };
  });
}

function strongest(data: SearchData, predicates: readonly ConditionPredicate[]): ConditionPredicate[] {
  if (predicates.length <= MAX_JOINED) return [...predicates];
  const top = findConjunctions(predicates, readExcess(data), {
    levels: 1,
    least: data.least,
    most: MAX_JOINED,
  });
  return top.map(({ predicates: [at] }) => predicates[at!]!);
}

/** Units are features of their own, apart from the columns of metadata. */
const renumber = (predicates: readonly ConditionPredicate[]): ConditionPredicate[] =>
  predicates.map((predicate) =>
    predicate.condition.on === 'unit' ? { ...predicate, feature: predicate.feature + 1e6 } : predicate,
  );
