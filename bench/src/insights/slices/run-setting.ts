import { defaultRecipe, type Finding, type Population, runInsights } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel';
import type { BenchOptions } from '../insight.bench.js';
import { readSource, type SourceKey } from '../sources/sources.js';
import { trainPopulation } from '../train-population.js';
import { drawOutcomes, type KnownOutcomes } from './known-outcomes.js';
import { plantSlice, type PlantedSource, type SliceKind, SLICE_KINDS } from './planted-source.js';
import { scoreSlices, type SliceScore, type SliceTruth, type Truth } from './score-slices.js';

/** Held-out samples of emoji are few: 2 % of them are 12. */
export const PLANTED_SOURCES = [
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

/** A slice whose error rate exceeds the rest by less is no fault; Domino leaves out the same. */
const MIN_DAMAGE = 0.1;
const EPOCHS = 4;

/** One slice of one source. */
export interface Setting {
  readonly key: SourceKey;
  readonly kind: SliceKind;
  readonly share: number;
  readonly seed: number;
}

/** Findings of a search in a setting. */
export interface SettingResult {
  readonly setting: Setting;
  /** Undefined where the slice does no damage. */
  readonly score: SliceScore | undefined;
  readonly seconds: number;
  /** Number of confirmed findings where outcomes are permuted within each class. */
  readonly nullFindings: number | undefined;
  /** Of findings where outcomes are drawn with known chances. */
  readonly known: readonly SliceTruth[];
}

/** Returns all settings, by seed. */
export const listSettings = (seeds: readonly number[], shareCount?: number): Setting[] =>
  seeds.flatMap((seed) =>
    PLANTED_SOURCES.flatMap(({ key, shares }) =>
      SLICE_KINDS.flatMap((kind) =>
        (shareCount === undefined ? shares : shares.slice(1, 1 + shareCount)).map((share) => ({
          key,
          kind,
          share,
          seed,
        })),
      ),
    ),
  );

/** Plants a slice, trains on it, and searches; also data without any group and with known chances, if asked. */
export async function runSetting(
  setting: Setting,
  { threads, hasControls }: Pick<BenchOptions, 'threads'> & { readonly hasControls: boolean },
): Promise<SettingResult> {
  const { key, kind, share, seed } = setting;
  const { sizes } = PLANTED_SOURCES.find((source) => source.key === key)!;
  const planted = plantSlice(
    read(key),
    { kind, share, seed: 1000 * SLICE_KINDS.indexOf(kind) + seed },
    sizes,
  );
  const population = await trainPopulation(planted.source, {
    epochs: key === 'emoji' ? 2 * EPOCHS : EPOCHS,
    seed,
    splitCodes: planted.splitCodes,
    threads,
  });
  const seen = hideTruth(population, planted.isTruth);
  let score: SliceScore | undefined;
  let seconds = NaN;
  if (measureDamage(seen, planted.isSlice) >= MIN_DAMAGE) {
    const outcome = await search(seen, seed, threads);
    seconds = outcome.seconds;
    score = scoreSlices(outcome.findings, planted.isSlice, observe(population, planted.isTruth));
  }
  let nullFindings: number | undefined;
  if (hasControls) {
    const { findings } = await search(permuteOutcomes(seen, seed), seed, threads);
    nullFindings = findings.filter(({ state }) => state === 'confirmed').length;
  }
  const known = hasControls ? await coverKnown(population, planted, { seed, threads }) : [];
  return { setting, score, seconds, nullFindings, known };
}

const sources = new Map<SourceKey, ReturnType<typeof readSource>>();
function read(key: SourceKey): ReturnType<typeof readSource> {
  const source = sources.get(key) ?? readSource(key);
  sources.set(key, source);
  return source;
}

/** The truth as far as unseen samples show it: their sampling error is a part of what intervals miss. */
const observe = (population: Population, isTruth: Uint8Array): Truth => ({
  population,
  isTruth,
  errorChances: Float32Array.from(population.labels!, (label, row) =>
    Number(label !== population.predicted![row]),
  ),
  expectLosses: (limit) => population.losses!.map((loss) => Math.min(loss, limit)),
});

async function coverKnown(
  population: Population,
  { isSlice, isTruth }: PlantedSource,
  { seed, threads }: { readonly seed: number; readonly threads: number },
): Promise<readonly SliceTruth[]> {
  const known: KnownOutcomes = drawOutcomes(population, isSlice, seed);
  const { findings } = await search(hideTruth(known.population, isTruth), seed, threads);
  return scoreSlices(findings, isSlice, { ...known, isTruth }).truths;
}

async function search(
  population: Population,
  seed: number,
  threads: number,
): Promise<{ readonly findings: readonly Finding[]; readonly seconds: number }> {
  const [outcome] = await runInsights(population, defaultRecipe(['low-performance'], seed), { threads });
  if (outcome?.state !== 'done') throw new Error(`the search failed: ${JSON.stringify(outcome)}`);
  return { findings: outcome.report.findings, seconds: outcome.seconds };
}

/** A search leaves out rows without a loss. Copies, which need inputs, would take most of the time. */
const hideTruth = (population: Population, isTruth: Uint8Array): Population => ({
  ...population,
  inputs: undefined,
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
