import { defaultRecipe, type Finding, type Population, runInsights } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel';
import { judgeMean, judgeShare, judgeValue } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { plantSlice, type PlantedSetting, SLICE_KINDS } from './slices/planted-source.js';
import { scoreSlices, type SliceScore } from './slices/score-slices.js';
import { readSource, type SourceKey } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

/** Held-out samples of emoji are few: 2 % of them are 12. */
const SOURCES = [
  {
    key: 'digits',
    sizes: { training: 2000, searched: 2000, truth: 3000, copies: 0 },
    shares: [0.01, 0.03, 0.05, 0.1],
  },
  {
    key: 'fashion',
    sizes: { training: 2000, searched: 2000, truth: 3000, copies: 0 },
    shares: [0.01, 0.03, 0.05, 0.1],
  },
  {
    key: 'emoji',
    sizes: { training: 530, searched: 600, truth: 0, copies: 4 },
    shares: [0.02, 0.03, 0.05, 0.1],
  },
] as const satisfies readonly { key: SourceKey; sizes: object; shares: readonly number[] }[];
/** `NOEMA_PLANTED_SEEDS=1` plants 36 settings in place of 144. */
const SEEDS = Number(process.env['NOEMA_PLANTED_SEEDS'] ?? 4);
const [NULLS, EPOCHS] = [40, 4];
/** A slice whose error rate exceeds the rest by less is no fault; Domino leaves out the same. */
const MIN_DAMAGE = 0.1;

interface Scored extends SliceScore {
  readonly key: SourceKey;
  readonly setting: PlantedSetting;
}

/** Planted slices of three kinds, and data whose outcomes are permuted within each class. */
export const plantedSlicesBench: InsightBench = {
  key: 'low-performance',
  title: 'Planted slices',
  async run(print, options) {
    const scores: Scored[] = [];
    const nulls: number[] = [];
    const seconds: number[] = [];
    let harmless = 0;
    const seeds = options.quick ? 1 : SEEDS;
    const sources = SOURCES.map((own) => ({ ...own, source: readSource(own.key) }));
    for (let seed = options.seed; seed < options.seed + seeds; seed++)
      for (const { key, source, sizes, shares } of sources)
        for (const kind of SLICE_KINDS)
          for (const share of options.quick ? shares.slice(1, 2) : shares) {
            const setting = { kind, share, seed: 1000 * SLICE_KINDS.indexOf(kind) + seed };
            const planted = plantSlice(source, setting, sizes);
            const trained = await trainPopulation(planted.source, {
              epochs: key === 'emoji' ? 2 * EPOCHS : EPOCHS,
              seed,
              splitCodes: planted.splitCodes,
              threads: options.threads,
            });
            const { population } = trained;
            const losses = population.losses!;
            const seen = hideTruth(population, planted.isTruth);
            if (measureDamage(seen, planted.isSlice) < MIN_DAMAGE) harmless++;
            else {
              const { findings, seconds: took } = await search(seen, seed, options);
              seconds.push(took);
              const truth = { population, isTruth: planted.isTruth, losses };
              const score = { key, setting, ...scoreSlices(findings, planted.isSlice, truth) };
              scores.push(score);
              print(
                `${key} ${kind} ${share} seed ${seed}: P@10 ${score.precision}, first ${score.first}, ` +
                  `with hints ${score.withHints}, ${score.confirmed} confirmed, ${took.toFixed(1)} s`,
              );
            }
            if (nulls.length < NULLS) {
              const { findings } = await search(permuteOutcomes(seen, seed), seed, options);
              nulls.push(findings.filter(({ state }) => state === 'confirmed').length);
            }
            await trained.close();
          }
    return summarise(scores, { nulls, harmless, seconds });
  },
};

function summarise(
  scores: readonly Scored[],
  {
    nulls,
    harmless,
    seconds,
  }: { readonly nulls: readonly number[]; readonly harmless: number; readonly seconds: readonly number[] },
): BenchRow[] {
  const share = (what: string, own: readonly Scored[], reach?: { readonly atLeast: number }): BenchRow =>
    judgeShare(what, own.filter(({ precision }) => precision >= 0.8).length, own.length, reach);
  const truths = scores.flatMap((score) => score.truths);
  const found = 'slices with P@10 ≥ 0.8 in the first five findings';
  return [
    share(`${found}: all kinds, digits, fashion and emoji`, scores, { atLeast: 0.8 }),
    ...SLICE_KINDS.map((kind) =>
      share(
        `${found}: ${kind}`,
        scores.filter(({ setting }) => setting.kind === kind),
      ),
    ),
    ...SOURCES.map(({ key }) =>
      share(
        `${found}: ${key}`,
        scores.filter((score) => score.key === key),
      ),
    ),
    ...[0.01, 0.02, 0.03, 0.05, 0.1].map((size) =>
      share(
        `${found}: slices of ${100 * size} %`,
        scores.filter(({ setting }) => setting.share === size),
      ),
    ),
    judgeShare(
      'slices with P@10 ≥ 0.8 in the first finding',
      scores.filter(({ first }) => first >= 0.8).length,
      scores.length,
    ),
    judgeShare(
      'slices with P@10 ≥ 0.8 in the first five findings and hints',
      scores.filter(({ withHints }) => withHints >= 0.8).length,
      scores.length,
    ),
    judgeValue('settings left out: the slice is less than 10 points worse', harmless, ''),
    judgeShare(
      'null settings (outcomes permuted within each class) with a confirmed finding',
      nulls.filter((count) => count > 0).length,
      nulls.length,
      { atMost: 0.1 },
    ),
    judgeShare(
      'confirmed findings whose loss is not above the rest on unseen samples',
      truths.filter(({ isReal }) => !isReal).length,
      truths.length,
      { atMost: 0.1 },
    ),
    judgeShare(
      'intervals of the error rate that cover the difference on unseen samples',
      truths.filter(({ coversErrors }) => coversErrors).length,
      truths.length,
      { atLeast: 0.93 },
    ),
    judgeShare(
      'intervals of the loss that cover the difference on unseen samples',
      truths.filter(({ coversLoss }) => coversLoss).length,
      truths.length,
      { atLeast: 0.93 },
    ),
    judgeMean('seconds of a search in 2,000 held-out samples', seconds),
  ];
}

async function search(
  population: Population,
  seed: number,
  { threads }: BenchOptions,
): Promise<{ readonly findings: readonly Finding[]; readonly seconds: number }> {
  const [outcome] = await runInsights(population, defaultRecipe(['low-performance'], seed), { threads });
  if (outcome?.state !== 'done') throw new Error(`the search failed: ${JSON.stringify(outcome)}`);
  return { findings: outcome.report.findings, seconds: outcome.seconds };
}

/** A search leaves out rows without a loss. */
const hideTruth = (population: Population, isTruth: Uint8Array): Population => ({
  ...population,
  losses: population.losses!.map((loss, row) => (isTruth[row] === 1 ? NaN : loss)),
});

function measureDamage({ losses, labels, predicted, splitCodes }: Population, isSlice: Uint8Array): number {
  const sides = [0, 1].map(() => ({ count: 0, wrong: 0 }));
  losses!.forEach((loss, row) => {
    if (splitCodes[row] === 0 || Number.isNaN(loss)) return;
    const side = sides[isSlice[row]!]!;
    side.count++;
    side.wrong += Number(labels![row] !== predicted![row]);
  });
  const [rest, slice] = sides.map(({ count, wrong }) => wrong / count);
  return slice! - rest!;
}

/** Exchanges losses and predictions among the held-out samples of each class: no group is worse than another. */
function permuteOutcomes(population: Population, seed: number): Population {
  const { n, splitCodes, labels } = population;
  const losses = Float32Array.from(population.losses!);
  const predicted = Int32Array.from(population.predicted!);
  const random = seededRandom(seed, 12);
  for (const label of new Set(labels)) {
    const rows = Array.from({ length: n }, (_, row) => row).filter(
      (row) => splitCodes[row] !== 0 && labels![row] === label && !Number.isNaN(population.losses![row]),
    );
    const order = permutation(rows.length, random);
    rows.forEach((row, at) => {
      losses[row] = population.losses![rows[order[at]!]!]!;
      predicted[row] = population.predicted![rows[order[at]!]!]!;
    });
  }
  return { ...population, losses, predicted };
}
