import type { Population } from '@noema/insights';
import { permutation, seededRandom } from '@noema/kernel/random';
import { pickRows, type Source } from '../sources/source.js';
import { readSource, type SourceKey } from '../sources/sources.js';
import { trainPopulation } from '../train-population.js';
import {
  addNoise,
  blur,
  drawLetters,
  type Outliers,
  shuffleColumns,
  shuffleSteps,
  toGrey,
  turn,
} from './outliers.js';

/** A network, its clean samples, and samples that do not belong to its data. */
export interface Planted {
  readonly name: string;
  readonly population: Population;
  readonly trainingRows: Int32Array;
  /** Held-out samples of the data that the network has learned. */
  readonly cleanRows: Int32Array;
  /** Samples of other kinds by name. */
  readonly outliers: readonly { readonly name: string; readonly near: boolean; readonly rows: Int32Array }[];
}

const EACH = 600;

/** Trains a network on a source without some classes, and asks it about those classes and other outliers. */
export async function plant(key: SourceKey, seed: number, epochs = 5): Promise<Planted> {
  const source = sample(readSource(key), 10_000, seed);
  const held = heldClasses(source, seed);
  const random = seededRandom(seed, 1);
  const order = shuffle(source.n, random);
  const inside = order.filter((row) => !held.includes(source.labels[row]!));
  const outside = order.filter((row) => held.includes(source.labels[row]!)).slice(0, EACH);
  const cut = Math.round(inside.length * 0.6);
  const clean = pickRows(source, inside.slice(cut));
  const kept = source.classNames.flatMap((_, label) => (held.includes(label) ? [] : [label]));
  const groups: { name: string; near: boolean; inputs: Outliers }[] = [];
  if (outside.length > 0)
    groups.push({ name: 'held-out classes', near: true, inputs: pickRows(source, outside).inputs });
  groups.push(...(await others(source, clean, seed)));
  const size = source.inputs.length / source.n;
  const own = pickRows(source, inside);
  const parts = [own.inputs, ...groups.map(({ inputs }) => inputs.subarray(0, EACH * size))];
  const inputs = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  const starts: number[] = [];
  let to = 0;
  for (const part of parts) {
    starts.push(to / size);
    inputs.set(part, to);
    to += part.length;
  }
  const n = inputs.length / size;
  const labels = new Int32Array(n);
  own.labels.forEach((label, row) => {
    labels[row] = kept.indexOf(label);
  });
  const splitCodes = new Uint8Array(n).fill(1);
  splitCodes.fill(0, 0, cut);
  const planted: Source = {
    ...source,
    n,
    inputs,
    labels,
    metadata: [],
    classNames: kept.map((label) => source.classNames[label]!),
  };
  const population = await trainPopulation(planted, { epochs, seed, splitCodes });
  for (let row = inside.length; row < n; row++) [labels[row], population.losses![row]] = [-1, NaN];
  const range = (from: number, end: number) => Int32Array.from({ length: end - from }, (_, i) => from + i);
  return {
    name: key,
    population,
    trainingRows: range(0, cut),
    cleanRows: range(cut, inside.length),
    outliers: groups.map(({ name, near }, at) => ({
      name,
      near,
      rows: range(starts[at + 1]!, starts[at + 2] ?? n),
    })),
  };
}

/** Classes that the training lacks: 8 and 9 of the digits, else two, or one of few, by the seed. */
function heldClasses({ key, classNames }: Source, seed: number): number[] {
  if (classNames.length < 3) return [];
  if (key === 'digits' && seed === 1) return [8, 9];
  const random = seededRandom(seed, 2);
  return shuffle(classNames.length, random).slice(0, classNames.length >= 8 ? 2 : 1);
}

/** Far and changed samples for the kind of the source. */
async function others(
  source: Source,
  clean: Source,
  seed: number,
): Promise<{ name: string; near: boolean; inputs: Outliers }[]> {
  const far = (name: string, inputs: Outliers) => ({ name, near: false, inputs });
  if (source.kind === 'image') {
    const [side, , channels] = source.shape as [number, number, number];
    const changed = [
      far('blur', blur(clean.inputs, side, channels)),
      far('noise', addNoise(clean.inputs, seed)),
      far('quarter turn', turn(clean.inputs, side, channels)),
    ];
    if (side !== 28) return changed;
    const stranger = source.key === 'digits' ? 'fashion' : 'digits';
    return [
      far(stranger, sample(readSource(stranger), EACH, seed).inputs),
      far('letters', await drawLetters(EACH, seed)),
      far('emoji', toGrey(sample(readSource('emoji'), EACH, seed))),
      ...changed,
    ];
  }
  if (source.kind === 'text') return [];
  if (source.kind === 'series') return [far('shuffled steps', shuffleSteps(clean, seed))];
  return [far('shuffled columns', shuffleColumns(clean, seed))];
}

const sample = (source: Source, most: number, seed: number): Source =>
  source.n <= most ? source : pickRows(source, shuffle(source.n, seededRandom(seed, 3)).slice(0, most));

const shuffle = (n: number, random: () => number): number[] => [...permutation(n, random)];
