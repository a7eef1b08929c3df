import { computeMoments } from '@noema/evaluation';
import {
  computeOutlierViews,
  defaultRecipe,
  judgeOutliers,
  type OutlierView,
  type Population,
  runInsights,
} from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { formatNumber, judgeMean, judgeShare, judgeValue } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { measureAreas } from './ood/areas.js';
import { plant, type Planted } from './ood/planted.js';
import { growPopulation } from './ood/speed.js';
import type { SourceKey } from './sources/sources.js';

const DATA: readonly SourceKey[] = ['digits', 'fashion', 'emoji', 'texts', 'series', 'table'];
const SEEDS = 3;
/** Shares of outliers among the tested samples, and random draws of each. */
const [CONTAMINATIONS, DRAWS] = [[0.005, 0.02, 0.1], 5] as const;

/** Outliers of many kinds against published scores on the same networks. */
export const plantedOodBench: InsightBench = {
  key: 'out-of-distribution',
  title: 'Out of distribution',
  async run(print, options) {
    const seeds = Array.from({ length: options.quick ? 1 : SEEDS }, (_, i) => options.seed + i + 1);
    const tally = new Tally();
    for (const seed of seeds)
      for (const key of options.quick ? (['digits', 'table'] as const) : DATA)
        await measure(await plant(key, seed), seed, tally, print, options);
    return [...tally.rows(seeds), ...(await measureTimes(options))];
  },
};

/** Runs with one share of outliers. */
interface Runs {
  total: number;
  /** Runs with confirmed samples, and runs with more than 10 % false ones among them. */
  confirmed: number;
  exceeded: number;
  /** Share of the outliers that is confirmed, that is flagged, and of the flagged ones that are false; one a run. */
  readonly found: number[];
  readonly flagged: number[];
  readonly falseShare: number[];
}

/** Numbers of all settings. */
class Tally {
  /** Area under the curve by score, one entry a setting. */
  readonly areas = new Map<string, number[]>();
  /** Seed, and whether the outliers are of held-out classes, of each setting. */
  readonly settings: { readonly seed: number; readonly near: boolean }[] = [];
  /** Of confirmed findings: runs, and runs whose share of false ones exceeds 0.1, by contamination. */
  readonly runs = new Map<number, Runs>();
  clean = 0;
  cleanWithFindings = 0;

  rows(seeds: readonly number[]): BenchRow[] {
    const mean = (values: readonly number[]): number => computeMoments(Float64Array.from(values)).mean;
    const pick = (name: string, keep: (at: number) => boolean): number[] =>
      this.areas.get(name)!.filter((_, at) => keep(at));
    const published = [...this.areas.keys()].filter((name) => name !== OURS && !name.startsWith('view'));
    const best = published.reduce((a, b) => (mean(this.areas.get(a)!) >= mean(this.areas.get(b)!) ? a : b));
    const gain = (keep: (at: number) => boolean): number[] =>
      seeds.map((seed) => {
        const own = (at: number): boolean => keep(at) && this.settings[at]!.seed === seed;
        return 100 * (mean(pick(OURS, own)) - mean(pick(best, own)));
      });
    const oracle = this.settings.map(
      (_, at) =>
        100 * (this.areas.get(OURS)![at]! - Math.max(...published.map((name) => this.areas.get(name)![at]!))),
    );
    return [
      judgeMean(
        `area under the curve less that of ${best}, the best of ${published.length} published scores, in points; ` +
          `${this.settings.length} settings, by seed`,
        gain(() => true),
        { atLeast: 1.5 },
      ),
      judgeMean(
        'the same on held-out classes',
        gain((at) => this.settings[at]!.near),
      ),
      judgeMean(
        'the same on other data and changed samples',
        gain((at) => !this.settings[at]!.near),
      ),
      judgeMean('less the best published score of each setting, in points', oracle),
      ...[...this.areas]
        .sort((a, b) => mean(b[1]) - mean(a[1]))
        .map(([name, values]) =>
          judgeMean(
            `area under the curve: ${name}, in %`,
            values.map((area) => 100 * area),
          ),
        ),
      ...[...this.runs].flatMap(([share, runs]) => toRows(`${100 * share} % outliers`, runs)),
      judgeShare('clean splits without a finding', this.clean - this.cleanWithFindings, this.clean, {
        atLeast: 0.95,
      }),
    ];
  }
}

const toRows = (what: string, runs: Runs): BenchRow[] => [
  judgeShare(
    `${what}: runs whose confirmed samples are at most 10 % false (${runs.confirmed} runs confirm some)`,
    runs.total - runs.exceeded,
    runs.total,
    { atLeast: 0.95 },
  ),
  judgeMean(`${what}: share of them, confirmed`, runs.found),
  judgeMean(`${what}: share of them, at least a hint`, runs.flagged),
  judgeMean(`${what}: false ones among the flagged samples of a run`, runs.falseShare, { atMost: 0.1 }),
];

const OURS = 'ours';

async function measure(
  planted: Planted,
  seed: number,
  tally: Tally,
  print: (line: string) => void,
  { threads }: BenchOptions,
): Promise<void> {
  const { population, cleanRows, outliers } = planted;
  const rows = Int32Array.from([...cleanRows, ...outliers.flatMap((one) => [...one.rows])]);
  const options = { reference: planted.trainingRows, rows, neighbors: 5, threads };
  const views = await computeOutlierViews(population, options, () => undefined);
  const areas = await measureAreas(planted, rows, views, seed);
  for (const { near, byScore } of areas) {
    tally.settings.push({ seed, near });
    for (const [name, area] of byScore) tally.areas.set(name, [...(tally.areas.get(name) ?? []), area]);
  }
  countFalse(planted, views, seed, tally);
  for (const draw of [0, 1]) {
    const [outcome] = await runInsights(
      splitClean(population, planted, seededRandom(seed, draw)),
      defaultRecipe(['out-of-distribution'], draw),
      { threads },
    );
    if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
    tally.clean++;
    tally.cleanWithFindings += Number(outcome.report.findings.some(({ state }) => state === 'confirmed'));
  }
  print(
    `${planted.name}, seed ${seed}: ` +
      areas.map(({ name, byScore }) => `${name} ${formatNumber(100 * byScore.get(OURS)!)}`).join(', '),
  );
}

/** Plants each share of each kind of outlier among clean samples, with the other clean samples as calibration. */
function countFalse(
  { cleanRows, outliers }: Planted,
  views: readonly OutlierView[],
  seed: number,
  tally: Tally,
): void {
  const half = Math.floor(cleanRows.length / 2);
  for (const share of CONTAMINATIONS) {
    const counts = tally.runs.get(share) ?? {
      total: 0,
      confirmed: 0,
      exceeded: 0,
      found: [],
      flagged: [],
      falseShare: [],
    };
    tally.runs.set(share, counts);
    let start = cleanRows.length;
    for (const { rows } of outliers) {
      const planted = Math.min(rows.length, Math.round((half * share) / (1 - share)));
      for (let draw = 0; draw < DRAWS && planted > 0; draw++) {
        const random = seededRandom(seed, draw, start);
        const clean = Int32Array.from(permutation(cleanRows.length, random));
        const chosen = permutation(rows.length, random).subarray(0, planted);
        const tested = Int32Array.from([...clean.subarray(half), ...chosen.map((at) => start + at)]);
        const { flagged, sure } = judgeOutliers(views, clean.subarray(0, half), tested, {
          q: 0.1,
          risk: 0.05,
        });
        const countRight = (some: readonly number[]): number =>
          some.filter((at) => tested[at]! >= cleanRows.length).length;
        const [right, rightFlagged] = [countRight(flagged.slice(0, sure)), countRight(flagged)];
        counts.total++;
        counts.confirmed += Number(sure > 0);
        counts.exceeded += Number(sure - right > 0.1 * sure);
        counts.found.push(right / planted);
        counts.flagged.push(rightFlagged / planted);
        counts.falseShare.push((flagged.length - rightFlagged) / Math.max(1, flagged.length));
      }
      start += rows.length;
    }
  }
}

/** The population with its clean samples alone, in the splits validation and test; the outliers have no responses. */
function splitClean(
  population: Population,
  { cleanRows, outliers }: Planted,
  random: () => number,
): Population {
  const splitCodes = population.splitCodes.slice();
  permutation(cleanRows.length, random).forEach((at, i) => {
    splitCodes[cleanRows[at]!] = 1 + (i % 2);
  });
  const values = population.units!.values.slice();
  for (const { rows } of outliers) for (const row of rows) values[row] = NaN;
  const units = { ...population.units!, values };
  return { ...population, splits: ['training', 'validation', 'test'], splitCodes, units };
}

async function measureTimes({ quick, seed, threads }: BenchOptions): Promise<BenchRow[]> {
  const { population } = await plant('digits', seed + 1);
  const rows: BenchRow[] = [];
  for (const n of quick ? [10_000] : [10_000, 70_000]) {
    const grown = growPopulation(population, n, seed);
    const started = performance.now();
    await runInsights(grown, defaultRecipe(['out-of-distribution']), { threads });
    rows.push(judgeValue(`time for ${n} samples`, (performance.now() - started) / 1000, 's'));
  }
  return rows;
}
