import { loadavg } from 'node:os';
import { defaultRecipe, insightKinds, type Population, runInsights } from '@noema/insights';
import { readPeakBytes, resetPeak } from '../process.tree.js';
import { formatNumber, judgeValue } from './figures.js';
import type { BenchRow, InsightBench } from './insight.bench.js';
import { pickRows } from './sources/source.js';
import { readSource } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

/** Numbers of samples, and the seconds that all kinds may take together. */
const SIZES: readonly (readonly [samples: number, limitS: number | undefined])[] = [
  [1000, undefined],
  [10_000, 10],
  [70_000, 90],
];
const EPOCHS = 2;
const MIB = 2 ** 20;

interface Cost {
  readonly wallS: number;
  readonly processorS: number;
  readonly peakMib: number;
  readonly state: string;
}

/**
 * Time and memory of all kinds together, and of each kind in a second run, in which they come one after another, in
 * one process on Fashion-MNIST. Other work on the machine makes the wall time longer, so that the load is said with it;
 * the peak is that of the process above its size before.
 */
export const speedBench: InsightBench = {
  key: 'speed',
  title: 'Time and memory',
  async run(print, { quick, seed, threads }) {
    const rows: BenchRow[] = [];
    for (const [samples, limitS] of quick ? SIZES.slice(0, 2) : SIZES) {
      const fashion = readSource('fashion');
      const source = pickRows(
        fashion,
        Int32Array.from({ length: samples }, (_, at) => at),
      );
      const population = await trainPopulation(source, { epochs: EPOCHS, seed, threads });
      const readTotal = startCost();
      await runInsights(population, defaultRecipe(), { threads });
      const total = readTotal();
      print(`${samples} all kinds: ${formatCost(total)}`);
      const costs = await measureCosts(population, threads);
      for (const [title, cost] of costs) print(`${samples} ${title}: ${formatCost(cost)}`);
      const load = `load ${formatNumber(loadavg()[0]!)}`;
      rows.push(
        judgeValue(
          `all kinds, ${samples} samples: wall seconds at a ${load}`,
          total.wallS,
          's',
          limitS === undefined ? undefined : { atMost: limitS },
        ),
        judgeValue(`all kinds, ${samples} samples: processor seconds`, total.processorS, 's'),
        judgeValue(
          `all kinds, ${samples} samples: largest peak above the population`,
          Math.max(total.peakMib, ...[...costs.values()].map(({ peakMib }) => peakMib)),
          'MiB',
        ),
        ...[...costs].map(([title, cost]) => ({
          what: `${title}, ${samples} samples`,
          reach: '',
          figure: formatCost(cost),
          ok: true,
        })),
      );
    }
    return rows;
  },
};

/** Measures each step of one run, by its title: the copies, which several kinds share, are the first. */
async function measureCosts(population: Population, threads: number): Promise<ReadonlyMap<string, Cost>> {
  const costs = new Map<string, Cost>();
  let [title, read] = ['', startCost()];
  const outcomes = await runInsights(population, defaultRecipe(), {
    threads,
    kindsAtOnce: 1,
    progress: (_, next) => {
      if (next === title) return;
      if (title !== '') costs.set(title, read());
      [title, read] = [next, startCost()];
    },
  });
  for (const outcome of outcomes) {
    const { title: own } = insightKinds.get(outcome.key);
    if (outcome.state !== 'done')
      costs.set(own, { ...costs.get(own)!, state: `, ${outcome.state}: ${outcome.reason}` });
  }
  return costs;
}

function startCost(): () => Cost {
  resetPeak(process.pid);
  const before = process.memoryUsage.rss();
  const processor = process.cpuUsage();
  const started = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(processor);
    return {
      wallS: (performance.now() - started) / 1000,
      processorS: (user + system) / 1e6,
      peakMib: Math.max(0, readPeakBytes(process.pid) - before) / MIB,
      state: '',
    };
  };
}

const formatCost = ({ wallS, processorS, peakMib, state }: Cost): string =>
  `${formatNumber(processorS)} processor s, ${formatNumber(wallS)} wall s, ${Math.round(peakMib)} MiB${state}`;
