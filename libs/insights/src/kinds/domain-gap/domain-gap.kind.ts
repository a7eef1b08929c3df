import { benjaminiYekutieli } from '@noema/evaluation';
import { Explainer } from '../../explain/explain-members.js';
import type { Explanation, Finding } from '../../finding/finding.js';
import { formatCount } from '../../finding/numbers.js';
import { selectHeldOut } from '../../population/held-out.js';
import type { Population } from '../../population/population.js';
import type { InsightKind, SearchContext } from '../insight-kind.js';
import { comparePair, type MatchedPair, matchPair, type PairComparison } from './compare-pair.js';
import { isEarly, listViews } from './depth-views.js';
import { describeGap } from './describe-gap.js';
import { listPairs } from './pairs.js';

/** More hints of one kind would hide the others. */
const MAX_HINTS = 20;

/**
 * Pairs of splits, and of values of a field, whose samples the network responds to differently and, on one side, with
 * a larger loss. The pairs do not depend on the data, so that nothing is selected and all samples count.
 */
export const domainGapKind: InsightKind = {
  key: 'domain-gap',
  title: 'Domain gap',
  summary: 'Splits or values of a field to which the model responds differently, and worse.',
  reference: 'Lopez-Paz & Oquab, Revisiting classifier two-sample tests, ICLR 2017',
  parameters: [
    {
      type: 'integer',
      name: 'min-rows',
      title: 'Samples of a side',
      help: 'Sides with fewer samples of the same classes are not compared.',
      default: 50,
      minimum: 20,
      maximum: 100_000,
      step: 10,
    },
    {
      type: 'integer',
      name: 'max-rows',
      title: 'Compared samples of a side',
      help: 'A larger side is sampled by the seed; the time grows with it.',
      default: 1000,
      minimum: 50,
      maximum: 100_000,
      step: 100,
    },
    {
      type: 'integer',
      name: 'max-pairs',
      title: 'Pairs',
      help: 'Further pairs are not compared; fields with few values come first.',
      default: 200,
      minimum: 1,
      maximum: 10_000,
      step: 10,
    },
    {
      type: 'integer',
      name: 'compared-pairs',
      title: 'Pairs with responses compared',
      help: 'Only the pairs with the clearest difference of losses are compared in full; the others count as tried.',
      default: 20,
      minimum: 1,
      maximum: 10_000,
      step: 10,
    },
    {
      type: 'integer',
      name: 'permutations',
      title: 'Permutations',
      help: 'Of the sides, for the test of the responses; clear pairs need fewer.',
      default: 199,
      minimum: 99,
      maximum: 9999,
      step: 100,
    },
  ],
  facts: {},
  version: 6,
  numbers: {
    comparedA: { title: 'Samples compared, first side', unit: 'count' },
    comparedB: { title: 'Samples compared, second side', unit: 'count' },
    areaUnderRoc: { title: 'Separation (area under the ROC curve)', unit: 'value' },
    representationPValue: { title: 'Chance of such a separation by luck', unit: 'chance' },
    firstDepth: { title: 'Depth from which they differ, 0 to 1', unit: 'value' },
    lossPValue: { title: 'Chance of such a difference of losses by luck', unit: 'chance' },
    gapAtEqualConfidence: { title: 'Difference of loss at equal confidence', unit: 'value' },
  },
  needs: ['spaces'],
  async search(population, context) {
    const { parameters, seed, signal, progress } = context;
    const read = (name: string): number => parameters[name] as number;
    const [minRows, maxPairs] = [read('min-rows'), read('max-pairs')];
    const { pairs, omitted } = listPairs(population, { minRows, maxPairs });
    const views = listViews(population, seed);
    const matched: MatchedPair[] = [];
    const hasEarly = views.some(isEarly);
    const comparable = pairs.filter(({ hasTraining }) => hasEarly || !hasTraining);
    for (const pair of comparable) {
      const one = matchPair(population, pair, { minRows, seed });
      if (one !== undefined) matched.push(one);
      await breathe(signal);
    }
    // Pairs of splits come first; the others by their difference of losses.
    matched.sort((x, y) => rank(x) - rank(y));
    const chosen = matched.slice(0, read('compared-pairs'));
    const gaps: PairComparison[] = [];
    const options = { maxRows: read('max-rows'), permutations: read('permutations'), seed };
    for (const one of chosen) {
      gaps.push(comparePair(population, views, one, options));
      progress(gaps.length / chosen.length);
      await breathe(signal);
    }
    const unmatched = comparable.length - matched.length;
    const untested = matched.length - chosen.length;
    return {
      findings: judgeGaps(population, gaps, untested, context),
      tried: matched.length,
      remarks: [
        ...(population.groups === undefined
          ? []
          : ['One sample of each group is compared, drawn by the seed.']),
        ...(pairs.length === 0
          ? [`No two splits, or values of a text field, have ${formatCount(minRows)} samples or more each.`]
          : []),
        ...(comparable.length < pairs.length
          ? [
              'The training split was not compared: responses in the first half of the layers are not known, and ' +
                'later ones differ because the network has learned these samples.',
            ]
          : []),
        ...(unmatched > 0
          ? [
              `Not compared, with fewer than ${formatCount(minRows)} samples of the same classes: ` +
                `${formatCount(unmatched, 'pair')}.`,
            ]
          : []),
        ...(untested > 0
          ? [
              `Not compared by responses, with smaller differences of losses: ` +
                `${formatCount(untested, 'pair')}.`,
            ]
          : []),
        ...(omitted > 0
          ? [`Not compared, above the limit of ${formatCount(maxPairs)}: ${formatCount(omitted, 'pair')}.`]
          : []),
      ],
    };
  },
};

const rank = ({ pair, losses }: MatchedPair): number => (pair.field === 'split' ? -1 : (losses?.pValue ?? 1));

/** Lets the thread hear of a cancel. */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise((resolve) => setImmediate(resolve));
}

/** Confirms gaps in responses and losses both; gaps in responses alone are hints. */
function judgeGaps(
  population: Population,
  gaps: readonly PairComparison[],
  untested: number,
  { q, seed }: SearchContext,
): Finding[] {
  // Both nulls must be rejected: the larger p-value counts.
  const both = gaps.map(({ responses, losses }) => Math.max(responses.pValue, losses?.pValue ?? 1));
  const alone = gaps.map(({ responses }) => responses.pValue);
  // Pairs that were not compared count with p = 1, so that choosing the others costs no level.
  const ones = new Array<number>(untested).fill(1);
  const [confirmed, hinted] = [both, alone].map((pValues) => benjaminiYekutieli([...pValues, ...ones])) as [
    number[],
    number[],
  ];
  const explain = lazyExplainer(population, seed);
  const order = [...gaps.keys()].sort((a, b) => both[a]! - both[b]! || alone[a]! - alone[b]! || a - b);
  let hints = 0;
  return order.flatMap((at): Finding[] => {
    const isConfirmed = confirmed[at]! <= q;
    if (!isConfirmed && (hinted[at]! > q || hints++ >= MAX_HINTS)) return [];
    return [
      describeGap(population, gaps[at]!, {
        isConfirmed,
        pValue: isConfirmed ? both[at]! : alone[at]!,
        qValue: isConfirmed ? confirmed[at]! : hinted[at]!,
        explanations: isConfirmed ? explain(gaps[at]!) : [],
        seed,
      }),
    ];
  });
}

/** Explains the samples of b against all other held-out samples. */
function lazyExplainer(population: Population, seed: number): (gap: PairComparison) => Explanation[] {
  let explainer: Explainer | undefined;
  return ({ b, pair }) => {
    const held = selectHeldOut(population).rows;
    const rows = Int32Array.from(held.keys()).filter((row) => held[row] === 1);
    explainer ??= new Explainer(population, { seed, rows });
    const mask = new Uint8Array(population.n);
    for (const row of b.rows) mask[row] = 1;
    return explainer.explain(mask, [`metadata ${pair.field}`]);
  };
}
