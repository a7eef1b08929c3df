import {
  defaultRecipe,
  type Finding,
  type MetadataColumn,
  type Population,
  runInsights,
} from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { plantCopies, type PlantedCopies } from './copies/plant-copies.js';
import { untrainedPopulation } from './copies/untrained-population.js';
import { formatNumber, judgeShare } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource } from './sources/sources.js';

const [ROWS, GROUPS, POOLED, SIDE] = [1500, 100, 7, 28] as const;

/** Copies, groups and labels that pass from training to held-out samples, and data sets without them. */
export const leakageBench: InsightBench = {
  key: 'leakage',
  title: 'Leakage: copies and groups in two splits, and none',
  async run(print, options) {
    const settings = options.quick ? 2 : 20;
    return [
      ...(await benchTwins(print, options)),
      ...(await benchGroups(print, settings, options)),
      ...(await benchInflation(print, options.quick ? 10 : 200, options)),
    ];
  },
};

async function search(population: Population, { seed, threads }: BenchOptions): Promise<readonly Finding[]> {
  const [outcome] = await runInsights(population, defaultRecipe(['leakage'], seed), { threads });
  if (outcome?.state !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.report.findings;
}

/** Held-out copies of 5 % of training samples: equal ones, then changed ones. */
async function benchTwins(print: (line: string) => void, options: BenchOptions): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const digits = readSource('digits');
  for (const kind of ['equal', 'changed'] as const) {
    const size = options.quick ? 500 : ROWS;
    const planted = plantCopies(digits, { rows: size, share: 0.05, seed: options.seed });
    const { source, origin } = kind === 'equal' ? makeEqual(planted) : planted;
    // Originals are training samples up to the last fifth; copies and that fifth are held out.
    const splitCodes = Uint8Array.from(origin, (row, at) => Number(at >= 0.8 * size));
    const leaks = (row: number): boolean => row >= size && splitCodes[origin[row]!] === 0;
    const [twins] = await search(untrainedPopulation(source, splitCodes), options);
    const found = [...(twins?.members ?? [])].filter((row) => splitCodes[row] === 1);
    const right = found.filter(leaks).length;
    const all = [...origin.keys()].filter(leaks).length;
    print(`twins, ${kind}: ${right} of ${all} found, ${found.length - right} wrong`);
    const limits = kind === 'equal' ? [1, 1] : [0.95, 0.99];
    rows.push(
      judgeShare(`twins, ${kind} copies in digits: recall`, right, all, { atLeast: limits[0]! }),
      judgeShare(`twins, ${kind} copies in digits: precision`, right, found.length, { atLeast: limits[1]! }),
    );
  }
  return rows;
}

const makeEqual = ({ source, origin }: PlantedCopies): PlantedCopies => ({
  source: pickRows(source, origin),
  origin,
});

/** Patients whose pictures share a faint pattern, dealt to both splits; and fields that make no samples alike. */
async function benchGroups(
  print: (line: string) => void,
  settings: number,
  options: BenchOptions,
): Promise<BenchRow[]> {
  const digits = readSource('digits');
  let [found, quiet] = [0, 0];
  for (let at = 0; at < settings; at++) {
    const random = seededRandom(options.seed, at, 43);
    const source = pickRows(digits, permutation(digits.n, random).subarray(0, ROWS));
    const patients = Int32Array.from({ length: ROWS }, () => Math.floor(GROUPS * random()));
    const patterns = Float32Array.from({ length: GROUPS * POOLED ** 2 }, () => 0.1 * (random() - 0.5));
    const findGroups = async (values: Float32Array, metadata: readonly MetadataColumn[]): Promise<number> => {
      const space = { key: 'vectors', title: 'Pixels', depth: undefined, width: POOLED ** 2, values };
      const { inputs: _, ...rest } = untrainedPopulation(
        source,
        Uint8Array.from({ length: ROWS }, (__, row) => Number(row % 5 === 4)),
      );
      const findings = await search({ ...rest, spaces: [space], metadata }, options);
      return findings.filter(({ subkind }) => subkind === 'group').length;
    };
    const pooled = poolPictures(source);
    const marked = pooled.map(
      (value, i) =>
        value + patterns[patients[Math.floor(i / POOLED ** 2)]! * POOLED ** 2 + (i % POOLED ** 2)]!,
    );
    const categories = Array.from({ length: GROUPS }, (_, code) => `patient ${code}`);
    const patient: MetadataColumn = { name: 'patient', type: 'category', categories, codes: patients };
    const ink = Float64Array.from({ length: ROWS }, (_, row) =>
      Math.round(
        4 *
          pooled.subarray(row * POOLED ** 2, (row + 1) * POOLED ** 2).reduce((sum, value) => sum + value, 0),
      ),
    );
    found += Number((await findGroups(marked, [patient])) === 1);
    quiet += Number(
      (await findGroups(pooled, [patient, { name: 'ink', type: 'number', values: ink }])) === 0,
    );
    print(`groups ${at + 1}: ${found} found, ${quiet} quiet`);
  }
  return [
    judgeShare('groups with a faint common pattern in two splits: found', found, settings, { atLeast: 1 }),
    judgeShare('the same field without a pattern, and a brightness: quiet', quiet, settings, { atLeast: 1 }),
  ];
}

/** Means over 4 × 4 pixels, [n, 49]. */
function poolPictures({ n, inputs }: Source): Float32Array {
  const pooled = new Float32Array(n * POOLED ** 2);
  for (let at = 0; at < inputs.length; at++) {
    const [row, pixel] = [Math.floor(at / SIDE ** 2), at % SIDE ** 2];
    const cell = Math.floor(pixel / SIDE / 4) * POOLED + Math.floor((pixel % SIDE) / 4);
    pooled[row * POOLED ** 2 + cell]! += inputs[at]! / 16;
  }
  return pooled;
}

/** Copies of tables with a known accuracy: 10 % leaked at 95 %, the others at 80 %, so that the gain is 1.5 points. */
async function benchInflation(
  print: (line: string) => void,
  trials: number,
  options: BenchOptions,
): Promise<BenchRow[]> {
  const [n, width, truth] = [1200, 6, 0.015];
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const random = seededRandom(options.seed, trial, 47);
    const inputs = Float32Array.from({ length: n * width }, random);
    const labels = Int32Array.from({ length: n }, () => Number(random() < 0.5));
    // The second half is held out; each of its samples is a copy of one of the first half with a chance of 10 %.
    const leaked = Uint8Array.from({ length: n }, (_, row) => Number(row >= n / 2 && random() < 0.1));
    leaked.forEach((is, row) => {
      if (is === 1) inputs.copyWithin(row * width, (row - n / 2) * width, (row - n / 2 + 1) * width);
    });
    const predicted = labels.map((label, row) =>
      random() < (leaked[row] === 1 ? 0.95 : 0.8) ? label : 1 - label,
    );
    const source: Source = {
      key: 'simulated',
      kind: 'table',
      shape: [width],
      classNames: ['a', 'b'],
      n,
      inputs,
      labels,
      metadata: [],
    };
    const population = {
      ...untrainedPopulation(
        source,
        Uint8Array.from(leaked, (_, row) => Number(row >= n / 2)),
      ),
      predicted,
    };
    const [twins] = await search(population, options);
    const { gainLow = NaN, gainHigh = NaN } = twins?.numbers ?? {};
    covered += Number(gainLow <= truth && truth <= gainHigh);
    if (trial % 20 === 0)
      print(`inflation ${trial + 1}: ${formatNumber(gainLow)} to ${formatNumber(gainHigh)}`);
  }
  return [
    judgeShare('interval of the gain of accuracy covers the true gain, simulated', covered, trials, {
      atLeast: 0.9,
    }),
  ];
}
