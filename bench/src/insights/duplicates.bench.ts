import { defaultRecipe, type Finding, runInsights } from '@noema/insights';
import { findByImagededup, type HashPairs } from './copies/imagededup.peer.js';
import { plantCopies, type PlantedCopies } from './copies/plant-copies.js';
import { untrainedPopulation } from './copies/untrained-population.js';
import { formatNumber, judgeShare, judgeValue } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { readEmojiVendors } from './sources/emoji-vendors.source.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource, type SourceKey } from './sources/sources.js';

const SHARES = [0.01, 0.05, 0.2] as const;
interface Setting {
  readonly key: SourceKey;
  readonly title?: string;
  readonly rows: number;
  /** Of the planted copies and the search; the texts have seeds that their method was not developed on. */
  readonly seeds?: readonly number[];
  /** Only samples of this class: hard negatives, because they are much alike. */
  readonly label?: number;
}

const SETTINGS: readonly Setting[] = [
  { key: 'table', rows: 569 },
  { key: 'series', rows: 1096 },
  { key: 'texts', rows: 1440, seeds: [1, 2, 3] },
  { key: 'emoji', rows: 1131 },
  { key: 'digits', rows: 3000 },
  { key: 'fashion', rows: 3000 },
  { key: 'fashion', title: 'T-shirts alone', rows: 1500, label: 0 },
];

/** Changed copies at the end of six data sets, and the data sets without them. */
export const duplicatesBench: InsightBench = {
  key: 'duplicates',
  title: 'Duplicates: changed copies of 1, 5 and 20 % of the samples',
  async run(print, options) {
    const rows: BenchRow[] = [];
    for (const setting of SETTINGS) rows.push(...(await benchSetting(setting, print, options)));
    rows.push(await benchVendors(print, options));
    return rows;
  },
};

async function benchSetting(
  { key, title = key, rows: n, label, seeds }: Setting,
  print: (line: string) => void,
  options: BenchOptions,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const source = readSource(key);
  const all = label === undefined ? source : pickClass(source, label);
  const size = options.quick ? Math.min(n, 600) : n;
  const total = { planted: 0, found: 0, own: 0, wrong: 0, clean: 0 };
  const stated = new Map<number, { planted: number; found: number; recalls: number[] }>();
  for (const seed of seeds ?? [options.seed]) {
    const own = { ...options, seed };
    const clean = await search(plantCopies(all, { rows: size, share: 0, seed }), own);
    const known = new Set(clean.pairs.map(([a, b]) => `${a} ${b}`));
    total.clean += clean.pairs.length;
    for (const share of options.quick ? [0.05] : SHARES) {
      const planted = plantCopies(all, { rows: size, share, seed });
      const result = await search(planted, own);
      const counts = countPairs(planted, result.pairs, known);
      const sums = stated.get(share) ?? { planted: 0, found: 0, recalls: [] };
      stated.set(share, {
        planted: sums.planted + counts.planted,
        found: sums.found + counts.found,
        recalls: [...sums.recalls, result.recall],
      });
      for (const name of ['planted', 'found', 'own', 'wrong'] as const) total[name] += counts[name];
      print(
        `${title} ${100 * share} %: ${JSON.stringify(counts)}, stated ${formatNumber(result.recall)}, ` +
          `threshold ${formatNumber(result.threshold)}, ${result.seconds.toFixed(1)} s`,
      );
      if (all.kind === 'image' && share === 0.05)
        rows.push(...comparePeer(title, planted, findByImagededup(planted.source, print)));
    }
  }
  const worst = Math.max(
    ...[...stated.values()].map(({ planted, found, recalls }) =>
      Math.abs(found / planted - recalls.reduce((sum, recall) => sum + recall, 0) / recalls.length),
    ),
  );
  return [
    ...rows,
    judgeShare(`${title}: recall`, total.found, total.planted, { atLeast: 0.95 }),
    judgeShare(
      `${title}: precision, pairs of the clean data left out`,
      total.found,
      total.found + total.wrong,
      { atLeast: 0.99 },
    ),
    judgeValue(`${title}: stated recall less the true one, largest of the shares`, worst, '', {
      atMost: 0.03,
    }),
    judgeValue(`${title}: pairs that the clean data have themselves, to look at`, total.clean, 'pairs'),
  ];
}

const pickClass = (source: Source, label: number): Source =>
  pickRows(
    source,
    [...source.labels.keys()].filter((row) => source.labels[row] === label),
  );

function comparePeer(title: string, planted: PlantedCopies, peer: HashPairs): BenchRow[] {
  return (['0', '10'] as const).flatMap((bits) => {
    const own = countPairs(planted, peer[bits], new Set());
    return [
      judgeShare(
        `${title}, 5 %: recall of imagededup's perceptual hash, ${bits} bits`,
        own.found,
        own.planted,
      ),
      judgeShare(`${title}, 5 %: its precision`, own.found, own.found + own.wrong),
    ];
  });
}

/** Emoji that two vendors draw: the same motif is no copy. */
async function benchVendors(print: (line: string) => void, options: BenchOptions): Promise<BenchRow> {
  const source = readEmojiVendors();
  const { pairs } = await search(
    { source, origin: Int32Array.from({ length: source.n }, (_, at) => at) },
    options,
  );
  const half = source.n / 2;
  const across = pairs.filter(([a, b]) => a < half !== b < half).length;
  print(`emoji of two vendors: ${pairs.length} pairs, ${across} of them across vendors`);
  return judgeShare('emoji of two vendors: pairs across vendors', across, pairs.length);
}

type Pair = readonly [number, number];

interface SearchResult {
  readonly pairs: readonly Pair[];
  readonly recall: number;
  readonly threshold: number;
  readonly seconds: number;
}

async function search({ source }: PlantedCopies, { seed, threads }: BenchOptions): Promise<SearchResult> {
  const population = untrainedPopulation(source, new Uint8Array(source.n));
  const [outcome] = await runInsights(population, defaultRecipe(['duplicates'], seed), { threads });
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  const { findings, numbers } = { ...outcome.report, numbers: parseReach(outcome.report.remarks) };
  return { pairs: findings.flatMap(listPairs), ...numbers, seconds: outcome.seconds };
}

/** Recall and threshold of the remark on the planted copies. */
function parseReach(remarks: readonly string[]): { readonly recall: number; readonly threshold: number } {
  const match = /([\d.]+)\s?% were found.* at least ([\d.]+);/.exec(remarks[0] ?? '');
  return { recall: Number(match?.[1]) / 100, threshold: Number(match?.[2]) };
}

/** All pairs of the groups. */
const listPairs = ({ groups, members }: Finding): Pair[] =>
  (groups ?? []).flatMap((group) =>
    group.flatMap((a, at) => group.slice(at + 1).map((b): Pair => [members[a]!, members[b]!])),
  );

/**
 * Counts found copies; pairs that the data have themselves, of two originals or of copies of such a pair; and wrong
 * ones, which are all others.
 */
function countPairs(
  { source, origin }: PlantedCopies,
  pairs: readonly Pair[],
  known: ReadonlySet<string>,
): { planted: number; found: number; own: number; wrong: number } {
  let [found, own, wrong] = [0, 0, 0];
  const natural = new Set(known);
  for (const [a, b] of pairs) if (origin[a] === a && origin[b] === b) natural.add(`${a} ${b}`);
  for (const [a, b] of pairs) {
    const [from, to] = [origin[a]!, origin[b]!].sort((x, y) => x - y) as [number, number];
    if (from === to) found++;
    else if (natural.has(`${from} ${to}`) || isEqual(source.inputs, source.n, from, to)) own++;
    else wrong++;
  }
  return { planted: origin.filter((row, at) => row !== at).length, found, own, wrong };
}

function isEqual(inputs: Float32Array, n: number, a: number, b: number): boolean {
  const size = inputs.length / n;
  for (let i = 0; i < size; i++) if (inputs[a * size + i] !== inputs[b * size + i]) return false;
  return true;
}
