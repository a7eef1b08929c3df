import {
  defaultRecipe,
  type Finding,
  type MetadataColumn,
  type Population,
  runInsights,
} from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { judgeShare, judgeValue } from './figures.js';
import type { BenchOptions, BenchRow, InsightBench } from './insight.bench.js';
import { pickPopulation } from './pick-population.js';
import { blur, ink, rotate, type Shift } from './shifts.js';
import { readEmojiVendors } from './sources/emoji-vendors.source.js';
import { pickRows, type Source } from './sources/source.js';
import { readSource } from './sources/sources.js';
import { trainPopulation } from './train-population.js';

const SIDE = 500;
const SHIFTED = 50;
const LEVEL = 0.05;
const EPOCHS = 5;

const SHIFTS: Readonly<Record<string, (random: () => number) => Shift>> = {
  blur: () => blur(2),
  'rotation of 5 to 10 degrees': (random) => rotate((random() < 0.5 ? -1 : 1) * (5 + 5 * random())),
  ink: () => ink(0.6),
};

/** Shifts of one sample in ten, two vendors of emoji, and random halves. */
export const domainGapBench: InsightBench = {
  key: 'domain-gap',
  title: 'Domain gaps',
  async run(print, options) {
    const rows: BenchRow[] = [];
    const found = new Map<string, boolean[]>();
    const note = (what: string, is: boolean): void => {
      found.set(what, [...(found.get(what) ?? []), is]);
    };
    for (const key of ['digits', 'fashion'] as const) {
      print(`${key}: training`);
      await measureShifts(pickRows(readSource(key), range(10_000)), options, note, print);
    }
    await measureVendors(options, note, print);
    for (const [what, outcomes] of found) {
      const hits = outcomes.filter(Boolean).length;
      rows.push(judgeShare(what, hits, outcomes.length, toReach(what)));
    }
    rows.push(judgeValue(...(await measureTime(options))));
    return rows;
  },
};

function toReach(what: string): { readonly atLeast: number } | { readonly atMost: number } | undefined {
  if (what.includes('confirmed')) return what.startsWith('null') ? { atMost: LEVEL } : undefined;
  if (what.startsWith('null')) return { atMost: LEVEL };
  return { atLeast: what.startsWith('two vendors') ? 1 : 0.9 };
}

const range = (n: number): number[] => [...Array(n).keys()];

/** The source, and behind it its held-out rows once for each shift. */
function addShifted(source: Source, held: readonly number[], seed: number): Source {
  const shifts = Object.values(SHIFTS);
  const all = pickRows(source, [...range(source.n), ...shifts.flatMap(() => held)]);
  const size = source.inputs.length / source.n;
  const random = seededRandom(seed);
  shifts.forEach((shift, k) => {
    held.forEach((_, i) => {
      const at = (source.n + k * held.length + i) * size;
      all.inputs.set(shift(random)(all.inputs.slice(at, at + size), source.shape), at);
    });
  });
  return all;
}

async function measureShifts(
  source: Source,
  { quick, seed, threads }: BenchOptions,
  note: (what: string, is: boolean) => void,
  print: (line: string) => void,
): Promise<void> {
  const held = range(source.n).filter((row) => row % 5 === 4);
  const shifted = addShifted(source, held, seed);
  const splitCodes = Uint8Array.from({ length: shifted.n }, (_, row) =>
    Number(row >= source.n || row % 5 === 4),
  );
  const population = await trainPopulation(shifted, {
    epochs: EPOCHS,
    seed: 1,
    splitCodes,
    threads,
  });
  const draw = (trial: number, shift: number): Int32Array => {
    const order = permutation(held.length, seededRandom(seed, trial, shift)).subarray(0, 2 * SIDE);
    return Int32Array.from(order, (i, at) =>
      shift >= 0 && at < SHIFTED ? source.n + shift * held.length + i : held[i]!,
    );
  };
  for (const [shift, name] of Object.keys(SHIFTS).entries()) {
    for (let trial = 0; trial < (quick ? 3 : 15); trial++) {
      const { isFound, isConfirmed } = await compareHalves(population, draw(trial, shift), seed + trial);
      note(`10 % shifted, ${name}: found`, isFound);
      note(`10 % shifted, ${name}: confirmed by the loss`, isConfirmed);
    }
    print(`${source.key}: ${name} done`);
  }
  for (let trial = 0; trial < (quick ? 3 : 50); trial++) {
    const { isFound, isConfirmed } = await compareHalves(population, draw(trial, -1), seed + trial);
    note('null, random halves of digits and fashion: found', isFound);
    note('null, random halves of digits and fashion: confirmed by the loss', isConfirmed);
  }
}

async function measureVendors(
  { quick, seed, threads }: BenchOptions,
  note: (what: string, is: boolean) => void,
  print: (line: string) => void,
): Promise<void> {
  const source = readEmojiVendors();
  const emoji = source.n / 2;
  // The network learns two thirds of the emoji as Twitter draws them.
  const splitCodes = Uint8Array.from({ length: source.n }, (_, row) => Number(row >= emoji || row % 3 === 2));
  const population = await trainPopulation(source, { epochs: 15, seed: 1, splitCodes, threads });
  const held = range(emoji).filter((row) => row % 3 === 2);
  for (let trial = 0; trial < (quick ? 3 : 20); trial++) {
    // Another emoji on each side.
    const order = permutation(held.length, seededRandom(seed, trial));
    const side = Math.floor(held.length / 2);
    const other = Int32Array.from(order, (i, at) => (at < side ? emoji + held[i]! : held[i]!));
    const same = Int32Array.from(order, (i) => held[i]!);
    const vendors = await compareHalves(population, other, seed + trial, side);
    note(`two vendors of emoji, ${side} each: found`, vendors.isFound);
    note(`two vendors of emoji, ${side} each: confirmed by the loss`, vendors.isConfirmed);
    const halves = await compareHalves(population, same, seed + trial, side);
    note(`null, random halves of one vendor, ${side} each: found`, halves.isFound);
    note(`null, random halves of one vendor, ${side} each: confirmed by the loss`, halves.isConfirmed);
  }
  print('emoji done');
}

/** Compares the first `side` rows to the others at the level 0.05. */
async function compareHalves(
  population: Population,
  rows: Int32Array,
  seed: number,
  side = SIDE,
): Promise<{ readonly isFound: boolean; readonly isConfirmed: boolean }> {
  const half: MetadataColumn = {
    name: 'half',
    type: 'category',
    categories: ['a', 'b'],
    codes: Int32Array.from(rows, (_, at) => Number(at >= side)),
  };
  const findings = await search(pickPopulation(population, rows, [half]), seed, LEVEL);
  return { isFound: findings.length > 0, isConfirmed: findings.some(({ state }) => state === 'confirmed') };
}

async function search(population: Population, seed: number, q: number): Promise<readonly Finding[]> {
  const recipe = { ...defaultRecipe(['domain-gap'], seed), q };
  const [outcome] = await runInsights(population, recipe);
  if (outcome?.state !== 'done') throw new Error(`domain-gap: ${outcome?.reason ?? 'no outcome'}`);
  return outcome.report.findings;
}

/** Seconds of 60 pairs of 10,000 samples. */
async function measureTime({ threads, seed }: BenchOptions): Promise<[string, number, string]> {
  const source = pickRows(readSource('digits'), range(10_000));
  const population = await trainPopulation(source, { epochs: EPOCHS, seed: 1, threads });
  const random = seededRandom(seed);
  const metadata = Array.from(
    { length: 10 },
    (_, at): MetadataColumn => ({
      name: `field ${at}`,
      type: 'category',
      categories: ['a', 'b', 'c', 'd'],
      codes: Int32Array.from({ length: source.n }, () => Math.floor(random() * 4)),
    }),
  );
  const started = process.cpuUsage();
  await search({ ...population, metadata }, seed, 0.1);
  const { user, system } = process.cpuUsage(started);
  return ['61 pairs of 2,000 held-out samples', (user + system) / 1e6, 's of processor time'];
}
