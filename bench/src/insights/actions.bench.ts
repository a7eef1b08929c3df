import { assignHalves, type Finding, insightKinds, type Population } from '@noema/insights';
import {
  applyAction,
  LABEL_ACTIONS,
  type LabelAction,
  type TrainingLabels,
} from './actions/label-actions.js';
import { judgeMean } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { flipLabels, NOISE_KINDS } from './labels/label-noise.js';
import {
  countEpochs,
  LABEL_SOURCES,
  type LabelSource,
  readSamples,
  trainClean,
} from './labels/planted-labels.js';
import { pickRows, type Source } from './sources/source.js';
import { trainPopulation } from './train-population.js';

const SHARE = 0.1;
const SEEDS = 3;
/** Every fifth sample is unseen: neither searched nor trained on. */
const UNSEEN = 4;

type Variant = LabelAction | 'wrong labels' | 'true labels';

interface Setting {
  readonly source: LabelSource;
  /** Accuracy on the unseen samples by their true labels. */
  readonly accuracies: ReadonlyMap<Variant, number>;
}

/** Wrong labels are planted and searched; each export is applied, and the same network is trained again. */
export const actionsBench: InsightBench = {
  key: 'actions',
  title: 'Exports about wrong labels, applied: accuracy of a second training on unseen samples',
  async run(print, options) {
    const settings: Setting[] = [];
    const sources = options.quick ? (['digits'] as const) : LABEL_SOURCES;
    for (const key of sources) {
      const source = readSamples(key);
      for (let seed = options.seed; seed < options.seed + (options.quick ? 1 : SEEDS); seed++)
        for (const kind of options.quick ? NOISE_KINDS.slice(0, 1) : NOISE_KINDS) {
          const accuracies = await measure(source, key, { kind, share: SHARE, seed }, options);
          settings.push({ source: key, accuracies });
          const text = [...accuracies].map(([name, value]) => `${name} ${value.toFixed(3)}`);
          print(`${key}, ${kind}, seed ${seed}: ${text.join(', ')}`);
        }
    }
    return summarise(settings);
  },
};

async function measure(
  source: Source,
  key: LabelSource,
  noise: Parameters<typeof flipLabels>[3],
  { threads, seed: searchSeed }: BenchOptions,
): Promise<Map<Variant, number>> {
  const training = { epochs: countEpochs(key), seed: noise.seed, threads };
  const all = [...Array(source.n).keys()];
  const searched = all.filter((row) => row % 5 !== UNSEEN);
  const own = pickRows(source, searched);
  const clean = await trainClean(own, training);
  const { labels, flipped } = flipLabels(own.labels, own.classNames.length, clean.probabilities!, noise);
  const finding = await search(await trainPopulation(own, { ...training, labels }), searchSeed, threads);
  const unseen = all.filter((row) => row % 5 === UNSEEN);
  const train = async (changed: TrainingLabels): Promise<number> => {
    const [full, weights] = [source.labels.slice(), new Float32Array(source.n).fill(1)];
    // As in the first training, every fifth searched sample is held out.
    const splitCodes = new Uint8Array(source.n).fill(1);
    searched.forEach((row, at) => {
      full[row] = changed.labels[at]!;
      weights[row] = changed.weights[at]!;
      if (at % 5 !== 4 && changed.labels[at]! >= 0) splitCodes[row] = 0;
    });
    const { predicted } = await trainPopulation(source, { ...training, labels: full, splitCodes, weights });
    return unseen.filter((row) => predicted![row] === source.labels[row]).length / unseen.length;
  };
  const unchanged = (own: Int32Array): TrainingLabels => ({
    labels: own,
    weights: new Float32Array(own.length).fill(1),
  });
  const accuracies = new Map<Variant, number>([
    ['wrong labels', await train(unchanged(labels))],
    ['true labels', await train(unchanged(own.labels))],
  ]);
  for (const action of LABEL_ACTIONS) {
    const person = { labels, isWrong: (row: number) => flipped[row] === 1, seed: noise.seed };
    accuracies.set(action, await train(applyAction(action, finding, person)));
  }
  return accuracies;
}

async function search(population: Population, seed: number, threads: number): Promise<Finding | undefined> {
  const report = await insightKinds.get('mislabelled').search(population, {
    ...{ seed, threads, q: 0.1, parameters: {} },
    halves: assignHalves(population, seed),
    progress: () => undefined,
    share: (_, compute) => compute(),
  });
  return report.findings.find(({ subkind }) => subkind === '');
}

function summarise(settings: readonly Setting[]): BenchRow[] {
  const gains = (variant: Variant, source?: LabelSource): number[] =>
    settings
      .filter((one) => source === undefined || one.source === source)
      .map(({ accuracies }) => 100 * (accuracies.get(variant)! - accuracies.get('wrong labels')!));
  const present = LABEL_SOURCES.filter((source) => settings.some((one) => one.source === source));
  return [
    judgeMean(
      `accuracy with ${100 * SHARE} % wrong labels, in %`,
      settings.map(({ accuracies }) => 100 * accuracies.get('wrong labels')!),
    ),
    judgeMean('gain with the true labels, in points', gains('true labels')),
    ...LABEL_ACTIONS.map((action) => judgeMean(`gain by ${action}, in points`, gains(action))),
    ...present.flatMap((source) =>
      (['true labels', 'relabel', 'prune', 'weights', 'audited relabel'] as const).map((variant) =>
        judgeMean(`${source}: gain by ${variant}, in points`, gains(variant, source)),
      ),
    ),
  ];
}
