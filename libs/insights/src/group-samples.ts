import { asDomainError } from '@noema/kernel';
import { formatCount } from './finding/numbers.js';
import { groupFieldUnknown } from './insights.errors.js';
import { type PairContext, sharePairs } from './kinds/duplicates/pairs.js';
import { type Copies, joinGroups } from './population/groups.js';
import type { Population } from './population/population.js';

/** A population whose samples know their group, and sentences on the groups. */
export interface GroupedPopulation {
  readonly population: Population;
  readonly remarks: readonly string[];
}

export interface GroupContext extends PairContext {
  /** Of the recipe. */
  readonly groupField: string | undefined;
  /** False where no kind of the run is changed by groups. */
  readonly needsCopies: boolean;
}

/**
 * Joins the samples that are no independent evidence: equal values of the group field, and copies. The copies are
 * searched before halves are drawn, because copies in both halves would confirm anything; the kinds about copies take
 * the same pairs. Throws `invalid` GROUP_FIELD_UNKNOWN, and the reason of the signal when that aborts.
 */
export async function groupSamples(
  population: Population,
  { groupField, needsCopies, ...context }: GroupContext,
): Promise<GroupedPopulation> {
  const names = population.metadata.map(({ name }) => name);
  if (groupField !== undefined && !names.includes(groupField)) throw groupFieldUnknown(groupField, names);
  const groupColumn = groupField ?? population.groupColumn;
  const named = { ...population, ...(groupColumn !== undefined && { groupColumn }) };
  const { copies, remark } = needsCopies ? await findCopies(population, context) : {};
  const groups = joinGroups(named, copies);
  const remarks = remark === undefined ? [] : [remark];
  if (groups === undefined) return { population: named, remarks };
  const by = [
    ...(groupColumn === undefined ? [] : [groupColumn]),
    ...(copies === undefined ? [] : ['copies']),
  ];
  remarks.unshift(
    `${formatCount(groups.grouped)} of ${formatCount(population.n)} samples share their group ` +
      `(${formatCount(groups.groups, 'group')} by ${by.join(' and ')}): a group is in one half, and its ` +
      `samples count as dependent.`,
  );
  if (groups.split > 0)
    remarks.push(
      `${formatCount(groups.split)} samples are a chain of similar pairs, too long for copies; only equal ` +
        `ones of them are a group.`,
    );
  return { population: { ...named, groups: groups.firsts }, remarks };
}

/** Where the search for copies fails, its kinds fail by name, and the others go on without groups of copies. */
async function findCopies(
  population: Population,
  context: PairContext,
): Promise<{ readonly copies?: Copies; readonly remark?: string }> {
  if (population.inputs === undefined) return {};
  try {
    return { copies: await sharePairs(population, context) };
  } catch (error) {
    context.signal?.throwIfAborted();
    return { remark: `Copies are no groups here: ${asDomainError(error).message}.` };
  }
}
