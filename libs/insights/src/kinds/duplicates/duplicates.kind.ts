import { severityOfSamples } from '../../finding/severity.js';
import type { Finding } from '../../finding/finding.js';
import { formatCount, formatShare } from '../../finding/numbers.js';
import type { Population } from '../../population/population.js';
import type { InsightKind } from '../insight-kind.js';
import { groupChanged, groupEqual } from './groups.js';
import { haveSameLoss, tellNumbersApart } from './numbers-apart.js';
import { type CopyPairs, sharePairs } from './pairs.js';

/** Samples whose inputs are equal, or copies of each other after a change that keeps the content. */
export const duplicatesKind: InsightKind = {
  key: 'duplicates',
  title: 'Duplicates',
  summary: 'Equal samples, and copies that were flipped, turned, cropped, cut, shifted or changed a little.',
  reference:
    'Baker & Matthews, Lucas-Kanade 20 years on, IJCV 2004 (alignment); Broder, On the resemblance and ' +
    'containment of documents, 1997 (texts)',
  parameters: [],
  facts: {},
  version: 8,
  numbers: {
    groups: { title: 'Groups', unit: 'count' },
    compared: { title: 'Samples that were compared', unit: 'count' },
    extra: { title: 'Copies to remove', unit: 'count' },
    contradictions: { title: 'Groups with several ground truths', unit: 'count' },
    threshold: { title: 'Least similarity of copies', unit: 'value' },
    recall: { title: 'Planted copies found', unit: 'share' },
    recallLow: { title: 'Planted copies found, from', unit: 'share' },
    recallHigh: { title: 'Planted copies found, to', unit: 'share' },
    planted: { title: 'Copies planted to measure that', unit: 'count' },
    expectedFalsePairs: { title: 'Pairs expected to be no copies', unit: 'value' },
  },
  needs: ['inputs'],
  isUngrouped: true,
  readsNoOutput: true,
  async search(population, context) {
    const pairs = tellNumbersApart(population, await sharePairs(population, context));
    const findings = [
      describeExact(population, groupEqual(pairs)),
      describeNear(population, groupChanged(pairs), pairs),
    ].filter((finding) => finding !== undefined);
    return { findings, tried: pairs.tried, remarks: [...describeReach(pairs), ...pairs.remarks] };
  },
};

/** Returns what the search can find, as a sentence. */
export function describeReach({ threshold, comparer }: CopyPairs): string[] {
  if (threshold === undefined || comparer === undefined) return [];
  const { recall, interval, planted, similarity, falsePairs } = threshold;
  return [
    `Of ${formatCount(planted)} planted copies of these data ${formatShare(recall)} were found (95% ` +
      `interval ` +
      `${formatShare(interval.low)} to ${formatShare(interval.high)}); ${comparer.copies}. The similarity ` +
      `of ` +
      `copies (${comparer.similarity}) is at least ${similarity.toFixed(4)}; about ` +
      `${falsePairs.toFixed(1)} pairs ` +
      'are expected to be no copies.',
  ];
}

function describeExact(population: Population, groups: number[][]): Finding | undefined {
  if (groups.length === 0) return undefined;
  return describeGroups(population, groups, {
    subkind: 'exact',
    least: 1,
    scores: undefined,
    adjective: 'equal to another sample',
    contradicts:
      population.labels === undefined
        ? ([first, ...others]) => others.some((row) => !haveSameLoss(population, first!, row))
        : (group) => countLabels(population, group) > 1,
    remarks: [],
    numbers: {},
  });
}

function describeNear(population: Population, groups: number[][], pairs: CopyPairs): Finding | undefined {
  const { threshold, edges } = pairs;
  if (groups.length === 0 || threshold === undefined) return undefined;
  const best = new Map<number, number>();
  for (const { a, b, similarity } of edges)
    for (const row of [a, b]) best.set(row, Math.max(similarity, best.get(row) ?? -1));
  return describeGroups(population, groups, {
    subkind: 'near',
    least: threshold.similarity,
    scores: (row) => best.get(row)!,
    adjective: 'copies of another sample, but not equal to it',
    contradicts: (group) => countLabels(population, group) > 1,
    remarks: pairs.remarks,
    numbers: {
      compared: pairs.compared,
      threshold: threshold.similarity,
      recall: threshold.recall,
      recallLow: threshold.interval.low,
      recallHigh: threshold.interval.high,
      planted: threshold.planted,
      expectedFalsePairs: threshold.falsePairs,
    },
  });
}

interface GroupText {
  readonly subkind: string;
  readonly least: number;
  readonly scores: ((row: number) => number) | undefined;
  readonly adjective: string;
  /** Whether the samples of a group have several ground truths. */
  readonly contradicts: (group: readonly number[]) => boolean;
  readonly remarks: readonly string[];
  readonly numbers: Readonly<Record<string, number>>;
}

const countLabels = ({ labels }: Population, group: readonly number[]): number =>
  new Set(group.map((row) => labels?.[row] ?? -1).filter((label) => label >= 0)).size;

function describeGroups(
  { n, labels }: Population,
  groups: number[][],
  { subkind, least, scores, adjective, contradicts, remarks, numbers }: GroupText,
): Finding {
  // People look at groups with different labels first.
  const ordered = [...groups.filter(contradicts), ...groups.filter((group) => !contradicts(group))];
  const contradictions = groups.filter(contradicts).length;
  const members = Int32Array.from(ordered.flat());
  const extra = members.length - groups.length;
  const truths = labels === undefined ? 'ground truths' : 'labels';
  let at = 0;
  return {
    subkind,
    // Each pair was compared: nothing is estimated, so there is nothing to confirm.
    state: 'confirmed',
    sentence:
      `${formatCount(members.length)} of ${formatCount(n)} samples are ${adjective}, in ` +
      `${formatCount(groups.length, 'group')} of which ${formatCount(extra)} can go` +
      `${contradictions === 0 ? '' : `; different ${truths} in ${formatCount(contradictions, 'group')}`}.`,
    membership: { by: 'pairs', least },
    members,
    scores: scores && Float32Array.from(members, scores),
    effect: undefined,
    pValue: undefined,
    qValue: undefined,
    severity: severityOfSamples(extra / n),
    explanations: [],
    groups: ordered.map((group) => group.map(() => at++)),
    numbers: { groups: groups.length, extra, contradictions, ...numbers },
    tables: {},
    remarks,
  };
}
