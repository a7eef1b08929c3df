import { defaultRecipe, type Finding, runInsights } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { judgeShare } from './figures.js';
import type { BenchOptions, InsightBench } from './insight.bench.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

const [SETTINGS, ROWS, EPOCHS] = [10, 2000, 40];

/** Pictures of one class with random labels, which a network can only learn by heart, and the same without them. */
export const overfittingBench: InsightBench = {
  key: 'overfitting',
  title: 'Overfitting: a class with random labels',
  async run(print, options) {
    const settings = options.quick ? 2 : SETTINGS;
    const counts = { memorised: 0, found: 0, foundOfMemorised: 0, quiet: 0 };
    for (let at = 0; at < settings; at++) {
      const source = drawRows(at % 2 === 0 ? 'digits' : 'fashion', options.seed + at);
      const planted = (3 * at + 1) % source.classNames.length;
      const random = seededRandom(options.seed + at, 3);
      const labels = source.labels.map((label) => (label === planted ? Math.floor(10 * random()) : label));
      const one = await search(source, labels, options.seed + at, options);
      const isMemorised = one.trainingError(planted) < 0.2;
      const hit = one.slices.some(({ members }) => countOwn(source, members, planted) > 0.5 * members.length);
      counts.memorised += Number(isMemorised);
      counts.found += Number(hit);
      counts.foundOfMemorised += Number(hit && isMemorised);
      print(
        `${source.key} ${source.classNames[planted]}: training error ${one.trainingError(planted).toFixed(2)}; ` +
          (one.slices.map(({ sentence }) => sentence).join(' | ') || 'nothing'),
      );
      const clean = await search(source, source.labels, options.seed + at, options);
      counts.quiet += Number(clean.slices.length === 0);
      for (const { sentence } of clean.slices) print(`${source.key} null: ${sentence}`);
    }
    const { memorised, found, foundOfMemorised, quiet } = counts;
    const reach = { atLeast: 0.9 };
    return [
      judgeShare(
        `random labels for one class, ${settings} settings on digits and Fashion-MNIST: found`,
        found,
        settings,
      ),
      judgeShare(
        'of these settings: learned by heart, training error of the class below 0.2',
        memorised,
        settings,
      ),
      judgeShare('found where it is learned by heart', foundOfMemorised, memorised, reach),
      judgeShare('true labels, the same networks: settings without a group', quiet, settings, reach),
    ];
  },
};

/** Some rows of a data set with its classes as metadata. */
function drawRows(key: 'digits' | 'fashion', seed: number): Source {
  const source = readSource(key);
  const rows = pickRows(source, permutation(source.n, seededRandom(seed, 4)).subarray(0, ROWS));
  return {
    ...rows,
    metadata: [{ name: 'motif', type: 'category', categories: source.classNames, codes: rows.labels }],
  };
}

interface Searched {
  readonly slices: readonly Finding[];
  readonly trainingError: (motif: number) => number;
}

async function search(
  source: Source,
  labels: Int32Array,
  seed: number,
  { threads }: BenchOptions,
): Promise<Searched> {
  const splitCodes = Uint8Array.from(labels, (_, row) => row % 2);
  const population = await trainPopulation(source, {
    epochs: EPOCHS,
    seed,
    threads,
    splitCodes,
    labels,
  });
  const [outcome] = await runInsights(population, defaultRecipe(['overfitting'], seed), { threads });
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return {
    slices: outcome.report.findings.filter(({ subkind }) => subkind === 'slice'),
    trainingError: (motif) => {
      const rows = [...labels.keys()].filter((row) => row % 2 === 0 && source.labels[row] === motif);
      return rows.filter((row) => population.predicted![row] !== labels[row]).length / rows.length;
    },
  };
}

const countOwn = ({ labels }: Source, members: Int32Array, motif: number): number =>
  members.reduce((sum, row) => sum + Number(labels[row] === motif), 0);
