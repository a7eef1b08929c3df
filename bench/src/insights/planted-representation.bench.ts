import { defaultRecipe, type Finding, runInsights } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { formatNumber, judgeShare } from './figures.js';
import type { BenchOptions, InsightBench } from './insight.bench.js';
import { drawStyle } from './representation/style.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource, type SourceKey } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

const DATA: readonly SourceKey[] = ['digits', 'fashion'];
const SEEDS = 5;
const REMOVED = [0, 0.5, 0.8, 0.95];
/** Samples of a data set, and the part of them that is held out. */
const [SAMPLES, HELD_OUT] = [10_000, 0.3];

/** A network whose training lacks a part of a style. */
interface Step {
  readonly removed: number;
  /** Samples of the style in training. */
  readonly kept: number;
  /** Mean losses of held-out samples of the style, and of the others. */
  readonly loss: number;
  readonly rest: number;
  /** Confirmed findings on the style or its class, and on anything. */
  readonly hits: readonly Finding[];
  readonly findings: number;
  /** Whether at least a hint is about the style. */
  readonly isSeen: boolean;
}

/** Parts of one style of one class are taken out of training. */
export const plantedRepresentationBench: InsightBench = {
  key: 'representation',
  title: 'Over- and under-represented',
  async run(print, options) {
    const ladders: Step[][] = [];
    for (let i = 1; i <= (options.quick ? 1 : SEEDS); i++)
      for (const key of options.quick ? (['digits'] as const) : DATA)
        ladders.push(await climb(key, options.seed + i, options, print));
    const steps = ladders.flat();
    const needs = ladders.flatMap((ladder) => compareNeeds(ladder));
    const near = needs.filter((ratio) => ratio <= 2 && ratio >= 0.5).length;
    return [
      ...REMOVED.slice(1).flatMap((removed) => {
        const own = steps.filter((step) => step.removed === removed);
        const found = own.filter(({ hits }) => hits.length > 0).length;
        const seen = own.filter(({ isSeen }) => isSeen).length;
        return [
          judgeShare(
            `${100 * removed} % of a style removed: found`,
            found,
            own.length,
            removed === 0.8 ? { atLeast: 0.95 } : undefined,
          ),
          judgeShare(`${100 * removed} % of a style removed: at least a hint`, seen, own.length),
        ];
      }),
      judgeShare(
        'number of samples to add within a factor of 2 of the number by retraining',
        near,
        needs.length,
        { atLeast: 0.7 },
      ),
      judgeShare(
        'data without a removal and without a finding',
        steps.filter(({ removed, findings }) => removed === 0 && findings === 0).length,
        ladders.length,
        { atLeast: 0.9 },
      ),
    ];
  },
};

async function climb(
  key: SourceKey,
  seed: number,
  { threads }: BenchOptions,
  print: (line: string) => void,
): Promise<Step[]> {
  const all = readSource(key);
  const source =
    all.n <= SAMPLES ? all : pickRows(all, permutation(all.n, seededRandom(seed, 3)).subarray(0, SAMPLES));
  const { name, rows } = await drawStyle(source, seed);
  const order = permutation(source.n, seededRandom(seed, 7));
  const heldOut = new Set(order.subarray(0, Math.round(source.n * HELD_OUT)));
  const steps: Step[] = [];
  for (const removed of REMOVED) {
    const step = await remove(source, { rows, heldOut, removed, seed, threads });
    steps.push(step);
    print(
      `${key}, seed ${seed}, ${name}: ${100 * removed} % removed, ${step.kept} kept, loss ` +
        `${formatNumber(step.loss)} against ${formatNumber(step.rest)}, ${step.hits.length} of ` +
        `${step.findings} findings on it`,
    );
  }
  for (const ratio of compareNeeds(steps)) print(`  estimated ÷ retrained number: ${formatNumber(ratio)}`);
  return steps;
}

async function remove(
  source: Source,
  setting: {
    readonly rows: readonly number[];
    readonly heldOut: ReadonlySet<number>;
    readonly removed: number;
    readonly seed: number;
    readonly threads: number;
  },
): Promise<Step> {
  const { rows, heldOut, removed, seed, threads } = setting;
  const style = new Set(rows);
  const known = rows.filter((row) => !heldOut.has(row));
  const gone = new Set(known.slice(0, Math.round(removed * known.length)));
  const kept = Array.from({ length: source.n }, (_, row) => row).filter((row) => !gone.has(row));
  const splitCodes = Uint8Array.from(kept, (row) => Number(heldOut.has(row)));
  const population = await trainPopulation(pickRows(source, kept), { epochs: 5, seed, splitCodes });
  const [outcome] = await runInsights(population, defaultRecipe(['representation']), { threads });
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  const findings = outcome.report.findings.filter(({ state }) => state === 'confirmed');
  const means = [true, false].map((isIn) => {
    const own = kept.flatMap((row, at) => (heldOut.has(row) && style.has(row) === isIn ? [at] : []));
    return own.reduce((sum, at) => sum + population.losses![at]! / own.length, 0);
  });
  return {
    removed,
    kept: known.length - gone.size,
    loss: means[0]!,
    rest: means[1]!,
    hits: findings.filter((finding) => isAbout(finding, kept, style)),
    isSeen: outcome.report.findings.some((finding) => isAbout(finding, kept, style)),
    findings: findings.length,
  };
}

/** Whether most members of a finding have the style, or a third of them where it is about a whole class. */
function isAbout(
  { subkind, members, membership }: Finding,
  kept: readonly number[],
  style: ReadonlySet<number>,
): boolean {
  const share = members.filter((at) => style.has(kept[at]!)).length / members.length;
  return subkind === 'under' && share >= (membership.by === 'ball' ? 0.5 : 1 / 3);
}

/**
 * Estimated ÷ retrained number, for each step with a number: networks with more and more samples of the style give the
 * power law of its loss, and that gives the number whose loss is that of the rest.
 */
function compareNeeds(ladder: readonly Step[]): number[] {
  const points = ladder.map(({ kept, loss }) => ({ x: Math.log(Math.max(1, kept)), y: Math.log(loss) }));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))];
  const slope =
    mean(points.map(({ x, y }) => (x - meanX) * (y - meanY))) / mean(points.map(({ x }) => (x - meanX) ** 2));
  if (slope >= 0) return [];
  return ladder.flatMap(({ kept, rest, hits }) => {
    const enough = Math.exp(meanX + (Math.log(rest) - meanY) / slope);
    const { add } = hits[0]?.numbers ?? {};
    return add === undefined || add <= 0 || enough <= kept ? [] : [add / (enough - kept)];
  });
}
